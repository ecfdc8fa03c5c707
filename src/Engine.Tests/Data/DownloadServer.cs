using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Engine.Tests.Data;

/// <summary>A web server on this machine that behaves, or misbehaves, as a test wants.</summary>
internal sealed class DownloadServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;
    private readonly Func<Request, Answer> answer;
    private readonly List<Request> requests = [];

    public DownloadServer(Func<Request, Answer> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    /// <summary>What was asked so far.</summary>
    public IReadOnlyList<Request> Requests
    {
        get
        {
            lock (requests)
            {
                return [.. requests];
            }
        }
    }

    /// <summary>An answer with the bytes asked for, as a server that knows ranges gives it.</summary>
    public static Answer Ranged(Request request, byte[] content) => request.From is not long from ? Whole(content)
        : from < content.Length
            ? new("206 Partial Content", content[(int)from..], $"Content-Range: bytes {from}-{content.Length - 1}/{content.Length}\r\n")
            : new("416 Range Not Satisfiable", [], "");

    /// <summary>An answer with the whole file, whatever was asked.</summary>
    public static Answer Whole(byte[] content) => new("200 OK", content, "");

    public void Dispose()
    {
        stop.Cancel();
        listener.Stop();
        serving.Wait();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(stop.Token);
                await AnswerAsync(client.GetStream());
            }
            catch (Exception end) when (end is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        StringBuilder head = new();
        byte[] buffer = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer, stop.Token);
            if (read == 0)
            {
                return;
            }

            head.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        string[] lines = head.ToString().Split("\r\n");
        string? range = lines.FirstOrDefault(line => line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase));
        Request request = new(lines[0].Split(' ')[1], range is null ? null : long.Parse(range[13..].TrimEnd('-'), CultureInfo.InvariantCulture));
        lock (requests)
        {
            requests.Add(request);
        }

        Answer reply = answer(request);
        string length = reply.Length is null && reply.HideLength ? "" : $"Content-Length: {reply.Length ?? reply.Body.Length}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {reply.Status}\r\n{length}{reply.Headers}Connection: close\r\n\r\n"), stop.Token);
        await stream.WriteAsync(reply.Body, stop.Token);
        if (reply.ThenHang)
        {
            await Task.Delay(Timeout.Infinite, stop.Token);
        }
    }

    /// <summary>What a client asked for: a path, and from which byte on.</summary>
    internal sealed record Request(string Path, long? From);

    /// <summary>What the server says, and does after it.</summary>
    internal sealed record Answer(string Status, byte[] Body, string Headers, long? Length = null, bool HideLength = false, bool ThenHang = false);
}

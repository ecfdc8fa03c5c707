using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Engine.Data;

/// <summary>Downloads pinned files: over HTTPS, continuing where a broken download stopped, and only if the content is the right one.</summary>
/// <remarks>
/// A file arrives under its name with ".part" and gets its own name when it is complete, has the right SHA-256 and is
/// flushed to the disk; so a file with the right name is a right file. A connection that breaks is tried again as long as
/// each try brings something; then the next mirror.
/// </remarks>
public sealed class Downloader : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient client;
    private readonly Action<DownloadProgress>? progress;

    /// <summary>A downloader that tells how it gets on.</summary>
    /// <param name="progress">Called after every piece, from a thread of the pool; null for silence.</param>
    public Downloader(Action<DownloadProgress>? progress = null)
    {
        this.progress = progress;
        client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout }, disposeHandler: true)
        {
            Timeout = SilenceTimeout,
        };
    }

    /// <summary>Downloads the files of a set that a folder does not hold yet.</summary>
    /// <param name="set">The files, and the mirrors to get them from: HTTPS, or this machine.</param>
    /// <param name="folder">Where to; made if need be.</param>
    /// <param name="cancellation">Stops; what has arrived stays as ".part" and is continued next time.</param>
    /// <exception cref="IOException">No mirror delivered; the message says why for each.</exception>
    public async Task DownloadAsync(DataFileSet set, string folder, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        Directory.CreateDirectory(folder);
        foreach (DataFile file in set.Files)
        {
            string path = Path.Combine(folder, file.Name);
            if (!File.Exists(path))
            {
                await DownloadFromAnyAsync(file, set.Mirrors, path, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task DownloadFromAnyAsync(DataFile file, IReadOnlyList<Uri> mirrors, string path, CancellationToken cancellation)
    {
        List<string> complaints = [];
        foreach (Uri mirror in mirrors)
        {
            Uri address = new(mirror, file.Name);
            try
            {
                await DownloadFromAsync(address, file, path, cancellation).ConfigureAwait(false);
                return;
            }
            catch (DownloadProblem problem)
            {
                complaints.Add($"{address}: {problem.Message}");
            }
        }

        throw new IOException(string.Join("; ", complaints));
    }

    private async Task DownloadFromAsync(Uri address, DataFile file, string path, CancellationToken cancellation)
    {
        if (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback)
        {
            throw new DownloadProblem("not an HTTPS address");
        }

        string part = path + ".part";
        while (true)
        {
            long before = LengthOf(part);
            try
            {
                await ReceiveAsync(address, file, part, cancellation).ConfigureAwait(false);
            }
            catch (Exception problem) when (IsBrokenConnection(problem, cancellation))
            {
                if (LengthOf(part) > before)
                {
                    continue;
                }

                throw new DownloadProblem(problem is OperationCanceledException
                    ? $"no answer within {SilenceTimeout.TotalSeconds} s"
                    : problem.Message.TrimEnd('.'));
            }

            string hash = await HashAsync(part, cancellation).ConfigureAwait(false);
            if (hash == file.Sha256)
            {
                File.Move(part, path, overwrite: true);
                return;
            }

            File.Delete(part);
            if (before == 0)
            {
                throw new DownloadProblem($"the content has SHA-256 {hash}, expected {file.Sha256}; it was thrown away");
            }

            // The beginning was left by an earlier run, perhaps of another mirror: once more, from the first byte.
        }
    }

    // Brings the part file to its full length, or throws.
    private async Task ReceiveAsync(Uri address, DataFile file, string part, CancellationToken cancellation)
    {
        FileStream output = new(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        await using (output.ConfigureAwait(false))
        {
            long start = output.Length;
            if (start >= file.Bytes)
            {
                // Longer is wrong for certain; of full length the hash decides.
                start = start == file.Bytes ? start : 0;
                output.SetLength(start);
                if (start > 0)
                {
                    return;
                }
            }

            using HttpRequestMessage request = new(HttpMethod.Get, address);
            request.Headers.Range = start > 0 ? new RangeHeaderValue(start, null) : null;
            using HttpResponseMessage response = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            start = CheckAnswer(response, file, start);
            output.SetLength(start);
            output.Position = start;
            Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                await CopyAsync(body, output, address, file, cancellation).ConfigureAwait(false);
            }

            output.Flush(flushToDisk: true);
        }
    }

    // Where the answer's content belongs in the file.
    private static long CheckAnswer(HttpResponseMessage response, DataFile file, long start)
    {
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
        {
            throw new DownloadProblem($"the server answers {(int)response.StatusCode} {response.ReasonPhrase}");
        }

        // A server that knows no ranges sends the whole file: from the beginning, then.
        bool continues = response.StatusCode == HttpStatusCode.PartialContent;
        if (continues && response.Content.Headers.ContentRange?.From != start)
        {
            throw new DownloadProblem($"asked for the bytes from {start} on, the server answers with {response.Content.Headers.ContentRange}");
        }

        long from = continues ? start : 0;
        long? length = response.Content.Headers.ContentLength;
        return length is null || from + length == file.Bytes
            ? from
            : throw new DownloadProblem($"the server's file has {from + length} bytes, expected {file.Bytes}");
    }

    private async Task CopyAsync(Stream body, FileStream output, Uri address, DataFile file, CancellationToken cancellation)
    {
        byte[] buffer = new byte[1 << 16];
        while (true)
        {
            using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            silence.CancelAfter(SilenceTimeout);
            int read = await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            if (output.Position + read > file.Bytes)
            {
                output.SetLength(0);
                throw new DownloadProblem($"the server sends more than the {file.Bytes} bytes expected");
            }

            await output.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            await output.FlushAsync(cancellation).ConfigureAwait(false);
            progress?.Invoke(new DownloadProgress(address, output.Position, file.Bytes));
        }

        if (output.Position < file.Bytes)
        {
            throw new HttpIOException(
                HttpRequestError.ResponseEnded, $"the connection ended after {output.Position} of {file.Bytes} bytes");
        }
    }

    private static bool IsBrokenConnection(Exception problem, CancellationToken cancellation) =>
        problem is HttpRequestException or HttpIOException
        || (problem is OperationCanceledException && !cancellation.IsCancellationRequested);

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        FileStream file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation).ConfigureAwait(false));
        }
    }

    /// <summary>Why one mirror is given up.</summary>
    private sealed class DownloadProblem(string message) : Exception(message);
}

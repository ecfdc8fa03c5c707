using System.Security.Cryptography;
using Engine.Data;
using Answer = Engine.Tests.Data.DownloadServer.Answer;
using Request = Engine.Tests.Data.DownloadServer.Request;

namespace Engine.Tests.Data;

public sealed class DownloaderTests
{
    private static readonly byte[] Content = MakeContent();

    [Test]
    public async Task A_file_is_downloaded_checked_and_given_its_name()
    {
        List<DownloadProgress> told = [];
        using TemporaryFolder folder = new();
        using DownloadServer server = new(request => DownloadServer.Ranged(request, Content));
        await DownloadAsync(folder, told.Add, server.Address);
        AssertArrived(folder);
        Assert.That(server.Requests, Is.EqualTo(new[] { new Request("/set.bin", null) }));
        Assert.That(told[^1], Is.EqualTo(new DownloadProgress(new Uri(server.Address, "set.bin"), Content.Length, Content.Length)));
    }

    [Test]
    public async Task A_file_that_is_there_is_not_asked_for()
    {
        using TemporaryFolder folder = new();
        folder.Write("set.bin", Content);
        using DownloadServer server = new(request => DownloadServer.Ranged(request, Content));
        await DownloadAsync(folder, server.Address);
        Assert.That(server.Requests, Is.Empty);
    }

    [Test]
    public async Task A_cut_connection_is_continued_where_it_broke()
    {
        using TemporaryFolder folder = new();
        using DownloadServer server = new(request =>
        {
            Answer whole = DownloadServer.Ranged(request, Content);
            return whole with { Length = whole.Body.Length, Body = whole.Body[..Math.Min(40_000, whole.Body.Length)] };
        });
        await DownloadAsync(folder, server.Address);
        AssertArrived(folder);
        Assert.That(server.Requests.Select(request => request.From), Is.EqualTo(new long?[] { null, 40_000, 80_000 }));
    }

    [Test]
    public async Task The_part_left_by_an_earlier_run_is_continued()
    {
        using TemporaryFolder folder = new();
        folder.Write("set.bin.part", Content[..70_000]);
        using DownloadServer server = new(request => DownloadServer.Ranged(request, Content));
        await DownloadAsync(folder, server.Address);
        AssertArrived(folder);
        Assert.That(server.Requests.Single().From, Is.EqualTo(70_000));
    }

    [Test]
    public async Task A_server_that_knows_no_ranges_sends_it_all_again()
    {
        using TemporaryFolder folder = new();
        folder.Write("set.bin.part", Content[..70_000]);
        using DownloadServer server = new(_ => DownloadServer.Whole(Content));
        await DownloadAsync(folder, server.Address);
        AssertArrived(folder);
    }

    [Test]
    public async Task A_complete_part_needs_no_server()
    {
        using TemporaryFolder folder = new();
        folder.Write("set.bin.part", Content);
        using DownloadServer server = new(_ => new Answer("500 Internal Server Error", [], ""));
        await DownloadAsync(folder, server.Address);
        AssertArrived(folder);
    }

    [TestCase(70_000)]
    [TestCase(100_000)]
    [TestCase(120_000)]
    public async Task A_part_with_wrong_content_is_thrown_away_and_fetched_again(int length)
    {
        using TemporaryFolder folder = new();
        folder.Write("set.bin.part", new byte[length]);
        using DownloadServer server = new(request => DownloadServer.Ranged(request, Content));
        await DownloadAsync(folder, server.Address);
        AssertArrived(folder);
    }

    [Test]
    public void Content_with_another_hash_is_refused_and_removed()
    {
        using TemporaryFolder folder = new();
        byte[] other = (byte[])Content.Clone();
        other[99_999] ^= 1;
        using DownloadServer server = new(request => DownloadServer.Ranged(request, other));
        Assert.That(() => DownloadAsync(folder, server.Address), Throws.TypeOf<IOException>()
            .With.Message.Contains($"SHA-256 {Hash(other)}, expected {Hash(Content)}"));
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
    }

    [Test]
    public async Task The_next_mirror_is_asked_where_one_fails()
    {
        using TemporaryFolder folder = new();
        using DownloadServer missing = new(_ => new Answer("404 Not Found", [], ""));
        using DownloadServer working = new(request => DownloadServer.Ranged(request, Content));
        await DownloadAsync(folder, missing.Address, working.Address);
        AssertArrived(folder);
    }

    [Test]
    public void The_complaint_names_every_mirror_and_its_reason()
    {
        using TemporaryFolder folder = new();
        using DownloadServer missing = new(_ => new Answer("404 Not Found", [], ""));
        using DownloadServer broken = new(_ => new Answer("503 Service Unavailable", [], ""));
        Assert.That(() => DownloadAsync(folder, missing.Address, broken.Address), Throws.TypeOf<IOException>().With.Message.EqualTo(
            $"{missing.Address}set.bin: the server answers 404 Not Found; {broken.Address}set.bin: the server answers 503 Service Unavailable"));
    }

    [Test]
    public void A_server_that_lies_about_the_length_is_refused([Values(99_999, 100_001, 5_000_000_000)] long length)
    {
        using TemporaryFolder folder = new();
        using DownloadServer server = new(_ => DownloadServer.Whole(Content) with { Length = length });
        Assert.That(
            () => DownloadAsync(folder, server.Address),
            Throws.TypeOf<IOException>().With.Message.Contains($"the server's file has {length} bytes, expected 100000"));
    }

    [Test]
    public void A_server_that_sends_too_much_is_stopped()
    {
        using TemporaryFolder folder = new();
        using DownloadServer server = new(_ => DownloadServer.Whole([.. Content, .. Content]) with { HideLength = true });
        Assert.That(
            () => DownloadAsync(folder, server.Address),
            Throws.TypeOf<IOException>().With.Message.Contains("sends more than the 100000 bytes expected"));
        Assert.That(Directory.GetFiles(folder.Path).Sum(file => new FileInfo(file).Length), Is.LessThanOrEqualTo(Content.Length));
    }

    [Test]
    public void A_server_that_answers_with_another_range_is_refused()
    {
        using TemporaryFolder folder = new();
        folder.Write("set.bin.part", Content[..70_000]);
        using DownloadServer server = new(_ => DownloadServer.Ranged(new Request("", 60_000), Content));
        Assert.That(() => DownloadAsync(folder, server.Address), Throws.TypeOf<IOException>().With.Message.Contains("from 70000 on"));
    }

    [Test]
    public void A_server_that_always_closes_at_once_is_given_up()
    {
        using TemporaryFolder folder = new();
        using DownloadServer server = new(_ => DownloadServer.Whole([]) with { Length = Content.Length });
        Assert.That(() => DownloadAsync(folder, server.Address), Throws.TypeOf<IOException>());
        Assert.That(server.Requests, Has.Count.LessThanOrEqualTo(2));
    }

    [Test]
    public void Nobody_listening_is_an_error_not_a_wait()
    {
        using TemporaryFolder folder = new();
        Uri address;
        using (DownloadServer server = new(_ => DownloadServer.Whole(Content)))
        {
            address = server.Address;
        }

        Assert.That(() => DownloadAsync(folder, address), Throws.TypeOf<IOException>().With.Message.Contains(address.ToString()));
    }

    [Test]
    public async Task A_cancelled_download_keeps_what_has_arrived_and_goes_on_from_there()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource cancel = new();
        using (DownloadServer hanging = new(_ => DownloadServer.Whole(Content[..30_000]) with { Length = Content.Length, ThenHang = true }))
        {
            void CancelWhenHalfWay(DownloadProgress told)
            {
                if (told.Received == 30_000)
                {
                    cancel.Cancel();
                }
            }

            using Downloader downloader = new(CancelWhenHalfWay);
            Assert.That(
                () => downloader.DownloadAsync(SetAt(hanging.Address), folder.Path, cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        }

        Assert.That(new FileInfo(folder.File("set.bin.part")).Length, Is.EqualTo(30_000));
        using DownloadServer working = new(request => DownloadServer.Ranged(request, Content));
        await DownloadAsync(folder, working.Address);
        AssertArrived(folder);
        Assert.That(working.Requests.Single().From, Is.EqualTo(30_000));
    }

    [Test]
    public void Plain_HTTP_to_another_machine_is_refused()
    {
        using TemporaryFolder folder = new();
        Assert.That(
            () => DownloadAsync(folder, new Uri("http://example.org/")),
            Throws.TypeOf<IOException>().With.Message.Contains("not an HTTPS address"));
    }

    private static Task DownloadAsync(TemporaryFolder folder, params Uri[] mirrors) => DownloadAsync(folder, _ => { }, mirrors);

    private static async Task DownloadAsync(TemporaryFolder folder, Action<DownloadProgress> progress, params Uri[] mirrors)
    {
        using Downloader downloader = new(progress);
        await downloader.DownloadAsync(SetAt(mirrors), folder.Path);
    }

    private static DataFileSet SetAt(params Uri[] mirrors) => new("set", [new DataFile("set.bin", Content.Length, Hash(Content))], mirrors);

    private static void AssertArrived(TemporaryFolder folder)
    {
        Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { folder.File("set.bin") }), "no .part stays");
        Assert.That(File.ReadAllBytes(folder.File("set.bin")), Is.EqualTo(Content));
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static byte[] MakeContent()
    {
        byte[] content = new byte[100_000];
        new Random(3).NextBytes(content);
        return content;
    }
}

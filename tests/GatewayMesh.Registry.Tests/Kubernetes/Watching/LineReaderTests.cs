using System.Text;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Watching;

namespace GatewayMesh.Registry.Tests.Kubernetes.Watching;

/// <summary>Lines come out the same, wherever the network cuts the bytes.</summary>
public sealed class LineReaderTests
{
    private static IEnumerable<string> Watches() => Recording.All().Where(name => name.EndsWith(".jsonl", StringComparison.Ordinal));

    [TestCaseSource(nameof(Watches))]
    public async Task Every_recorded_line_is_an_event(string name)
    {
        var lines = await LinesOf(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Kubernetes", "Recordings", name)));
        Assert.That(lines, Is.EqualTo(Recording.Lines(name)));
        foreach (var line in lines)
        {
            var read = WatchLine.Read(Encoding.UTF8.GetBytes(line), ApiJson.Default.PartialObject);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(read.Kind, Is.Not.EqualTo(WatchEventKind.Unknown));
                Assert.That(read.Problem, Is.Null);
                Assert.That(read.Kind == WatchEventKind.Error || read.Metadata.ResourceVersion.Length > 0, Is.True, line);
            }
        }
    }

    [Test]
    public async Task Every_cut_position_gives_the_same_lines()
    {
        var text = string.Join("", Recording.Lines("watch-services.jsonl").Take(3).Select(line => line + "\n")) + "\n{\"type\":\"BOO";
        var bytes = Encoding.UTF8.GetBytes(text);
        var expected = Recording.Lines("watch-services.jsonl").Take(3).ToList();
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.That(await LinesOf(new PiecewiseStream(bytes, [cut, bytes.Length])), Is.EqualTo(expected), $"cut at {cut}");
        }
    }

    [Test]
    public async Task A_stream_that_ends_anywhere_gives_the_whole_lines_before_its_end()
    {
        var lines = Recording.Lines("watch-gateways.jsonl");
        var bytes = Encoding.UTF8.GetBytes(string.Join("", lines.Select(line => line + "\n")));
        for (var end = 0; end <= bytes.Length; end += 7)
        {
            var whole = Encoding.UTF8.GetString(bytes, 0, end).Count(c => c == '\n');
            Assert.That(await LinesOf(new PiecewiseStream(bytes[..end], [end])), Is.EqualTo(lines.Take(whole)), $"end at {end}");
        }
    }

    [Test]
    public async Task Random_lines_in_random_pieces_come_out_as_they_went_in([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        var lines = Enumerable.Range(0, 60).Select(_ => new string((char)('a' + random.Next(26)), 1 + Length(random))).ToList();
        var bytes = Encoding.UTF8.GetBytes(string.Join("", lines.Select(line => line + "\n")));
        var cuts = new List<int> { 0 };
        while (cuts[^1] < bytes.Length)
        {
            cuts.Add(Math.Min(bytes.Length, cuts[^1] + 1 + random.Next(1 << random.Next(1, 18))));
        }

        const int Most = 100_000;
        var read = await LinesOf(new PiecewiseStream(bytes, cuts), Most);
        Assert.That(read, Is.EqualTo(lines.Select(line => line.Length > Most ? "too long" : line)));
    }

    [TestCase(999, "fits")]
    [TestCase(1000, "fits")]
    [TestCase(1001, "too long")]
    public async Task A_line_over_the_limit_is_skipped_and_the_next_is_read(int length, string result)
    {
        var line = new string('x', length);
        var read = await LinesOf(new MemoryStream(Encoding.UTF8.GetBytes($"{line}\nnext\n")), most: 1000);
        Assert.That(read, Is.EqualTo([result == "fits" ? line : result, "next"]));
    }

    private static int Length(Random random) => random.Next(20) == 0 ? random.Next(150_000) : random.Next(3000);

    private static async Task<List<string>> LinesOf(Stream stream, int most = LineReader.Longest)
    {
        await using (stream)
        {
            using var reader = new LineReader(stream, most);
            var lines = new List<string>();
            while (await reader.ReadAsync(CancellationToken.None) is { IsEnd: false } line)
            {
                lines.Add(line.IsTooLong ? "too long" : Encoding.UTF8.GetString(line.Line.Span));
            }

            return lines;
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Http1.Fuzz;

/// <summary>
/// Readers never throw, and read the same from an input however it arrives: as a whole, in two pieces cut at every position, and byte by
/// byte. The inputs are the same in every run. <c>./build.sh fuzz</c> runs as many as are asked for, with other seeds.
/// </summary>
public sealed class FuzzTests
{
    private const string Count = "GATEWAYMESH_FUZZ_INPUTS";
    private const string Seed = "GATEWAYMESH_FUZZ_SEED";
    private const int Fixed = 100_000;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Transcript _whole = new();
    private readonly Transcript _cut = new();

    [Test]
    public void Requests() => Run(new RequestFuzz());

    [Test]
    public void Responses() => Run(new ResponseFuzz(isHead: false, mayUpgrade: false));

    [Test]
    public void Responses_to_HEAD_and_upgrades() => Run(new ResponseFuzz(isHead: true, mayUpgrade: true));

    [Test]
    public void Chunked_content() => Run(new BodyFuzz(BodyFraming.Chunked, null));

    [Test]
    public void Content_of_known_length() => Run(new BodyFuzz(BodyFraming.Length, 17));

    [Test]
    public void PROXY_headers() => Run(new ProxyHeaderFuzz());

    [Test]
    public void Hellos_of_guards() => Run(new TunnelHelloFuzz());

    private void Run(IFuzzTarget target)
    {
        var inputs = Number(Count, Fixed);
        var mutator = new Mutator(target, Number(Seed, 1));
        var watch = Stopwatch.StartNew();
        var next = Quiet;
        var bytes = 0L;
        for (var i = 0; i < inputs; i++)
        {
            var input = mutator.Next();
            bytes += input.Length;
            Check(target, input);
            if (watch.Elapsed >= next)
            {
                Tell(i + 1);
                next += Quiet;
            }
        }

        Tell(inputs);

        void Tell(int done) => TestContext.Progress.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{TestContext.CurrentContext.Test.Name}: {done:N0} of {inputs:N0} inputs, {bytes / 1e6:F0} MB, "
                + $"{watch.Elapsed.TotalSeconds:F0} s"));
    }

    private void Check(IFuzzTarget target, ReadOnlySpan<byte> input)
    {
        try
        {
            Read(target, input, input.Length, int.MaxValue, _whole);
            for (var cut = 0; cut < input.Length; cut++)
            {
                Compare(target, input, cut, int.MaxValue);
            }

            Compare(target, input, 1, 1);
        }
        catch (Exception failure)
        {
            Assert.Fail(
                $"{failure.GetType().Name}: {failure.Message}\ninput (base64): {Convert.ToBase64String(input)}\n{failure.StackTrace}");
        }
    }

    private void Compare(IFuzzTarget target, ReadOnlySpan<byte> input, int first, int step)
    {
        Read(target, input, first, step, _cut);
        if (!_cut.Text.SequenceEqual(_whole.Text))
        {
            throw new InvalidDataException(
                $"cut at {first}, steps of {step}: {WireText.Text(_cut.Text)}\nand as a whole: {WireText.Text(_whole.Text)}");
        }
    }

    private static void Read(IFuzzTarget target, ReadOnlySpan<byte> input, int first, int step, Transcript transcript)
    {
        transcript.Clear();
        var feed = new Feed(input, first) { Step = step };
        target.Read(ref feed, transcript);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}

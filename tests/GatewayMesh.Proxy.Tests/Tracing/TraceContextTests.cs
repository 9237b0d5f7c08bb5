using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Tracing;

namespace GatewayMesh.Proxy.Tests.Tracing;

/// <summary>W3C trace context and B3 in, W3C out; everything that is no trace starts a new one.</summary>
public sealed class TraceContextTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Span = "b7ad6b7169203331";

    // Valid forms with characters changed and cut.
    private static readonly Arbitrary<string[]> Texts = Gen.Elements("00", "0", "a", "g", "-", Span, Trace, "1", "d", "\0", "\u00e9")
        .ArrayOf().Select(parts => string.Join('-', parts)).ArrayOf(4).ToArbitrary();

    [TestCase($"00-{Trace}-{Span}-01")]
    [TestCase($"00-{Trace}-{Span}-00")]
    [TestCase($"00-{Trace}-{Span}-ff", Description = "unknown flags")]
    [TestCase($"cc-{Trace}-{Span}-01", Description = "a later version")]
    [TestCase($"cc-{Trace}-{Span}-01-what-comes-later")]
    public void A_valid_traceparent_is_kept_byte_for_byte(string given)
    {
        var fields = Of(("traceparent", given), ("tracestate", "a=b"));
        TraceContext.Ensure(fields, new SplitMix(1));
        Assert.That((fields["traceparent"].ToString(), fields["tracestate"].ToString()), Is.EqualTo((given, "a=b")));
    }

    [TestCase("")]
    [TestCase("garbage")]
    [TestCase($"ff-{Trace}-{Span}-01", Description = "no version")]
    [TestCase($"0-{Trace}-{Span}-01")]
    [TestCase($"00-{Trace}-{Span}-1")]
    [TestCase($"00-{Trace}-{Span}-01-more", Description = "version 00 has no more")]
    [TestCase($"cc-{Trace}-{Span}-01x")]
    [TestCase($"00-00000000000000000000000000000000-{Span}-01")]
    [TestCase($"00-{Trace}-0000000000000000-01")]
    [TestCase("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", Description = "lower case only")]
    [TestCase($"00-{Trace}-{Span}-0g")]
    [TestCase($"00_{Trace}_{Span}_01")]
    [TestCase("00-0af7651916cd43dd8448eb211c80319\u00e9-b7ad6b7169203331-01")]
    public void An_invalid_traceparent_starts_a_new_trace_and_drops_the_state_of_the_old(string given)
    {
        var fields = Of(("traceparent", given), ("tracestate", "a=b"));
        TraceContext.Ensure(fields, new SplitMix(1));
        Assert.That(fields["traceparent"].ToString(), Does.Match("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$").And.Not.Contain(Trace));
        Assert.That(fields.Contains("tracestate"), Is.False);
    }

    [Test]
    public void Two_traceparents_are_none()
    {
        var fields = Of(("traceparent", $"00-{Trace}-{Span}-01"), ("traceparent", $"00-{Trace}-{Span}-00"));
        TraceContext.Ensure(fields, new SplitMix(1));
        Assert.That(fields["traceparent"].Count, Is.EqualTo(1));
        Assert.That(fields["traceparent"].ToString(), Does.Not.Contain(Trace));
    }

    [TestCase($"{Trace}-{Span}-1", $"00-{Trace}-{Span}-01")]
    [TestCase($"{Trace}-{Span}-d", $"00-{Trace}-{Span}-01", Description = "debug")]
    [TestCase($"{Trace}-{Span}-0", $"00-{Trace}-{Span}-00")]
    [TestCase($"{Trace}-{Span}", $"00-{Trace}-{Span}-00", Description = "undecided")]
    [TestCase($"{Trace}-{Span}-1-05e3ac9a4f6e3b90", $"00-{Trace}-{Span}-01", Description = "with the parent's parent")]
    [TestCase($"8448eb211c80319c-{Span}-1", $"00-00000000000000008448eb211c80319c-{Span}-01", Description = "64 bits")]
    public void B3_in_one_field_becomes_W3C(string b3, string expected)
    {
        var fields = Of(("b3", b3));
        TraceContext.Ensure(fields, new SplitMix(1));
        Assert.That((fields["traceparent"].ToString(), fields["b3"].ToString()), Is.EqualTo((expected, b3)));
    }

    [TestCase("1", null, "01")]
    [TestCase("true", null, "01")]
    [TestCase("0", null, "00")]
    [TestCase(null, null, "00")]
    [TestCase(null, "1", "01", Description = "debug")]
    public void B3_in_several_fields_becomes_W3C(string? sampled, string? flags, string expected)
    {
        var fields = Of(("X-B3-TraceId", Trace), ("X-B3-SpanId", Span), ("X-B3-Sampled", sampled), ("X-B3-Flags", flags));
        TraceContext.Ensure(fields, new SplitMix(1));
        Assert.That(fields["traceparent"].ToString(), Is.EqualTo($"00-{Trace}-{Span}-{expected}"));
    }

    [TestCase("0")]
    [TestCase("1")]
    [TestCase("-")]
    [TestCase($"{Trace}-")]
    [TestCase($"{Trace}-b7ad6b71")]
    [TestCase($"{Trace}{Span}-1-------------------")]
    [TestCase("af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1", Description = "31 digits")]
    [TestCase($"{Trace}-{Span}x1")]
    public void What_is_no_B3_trace_starts_a_new_one(string b3)
    {
        var fields = Of(("b3", b3));
        TraceContext.Ensure(fields, new SplitMix(1));
        Assert.That(fields["traceparent"].ToString(), Does.Match("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$").And.Not.Contain(Trace));
    }

    [Test]
    public void W3C_goes_before_B3()
    {
        var fields = Of(("b3", $"{Trace}-{Span}-1"), ("traceparent", $"00-{Trace}-05e3ac9a4f6e3b90-00"));
        TraceContext.Ensure(fields, new SplitMix(1));
        Assert.That(fields["traceparent"].ToString(), Is.EqualTo($"00-{Trace}-05e3ac9a4f6e3b90-00"));
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property Any_text_leaves_as_a_valid_trace() => Prop.ForAll(Texts, texts =>
    {
        var fields = Of(("traceparent", texts[0]), ("b3", texts[1]), ("X-B3-TraceId", texts[2]), ("X-B3-SpanId", texts[3]));
        TraceContext.Ensure(fields, new SplitMix(1));
        return TraceContext.TraceIdOf(fields["traceparent"].ToString()).Length == 32;
    });

    private static FieldTable Of(params (string Name, string? Value)[] lines)
    {
        var fields = new FieldTable();
        foreach (var (name, value) in lines.Where(line => line.Value is not null))
        {
            fields.Add(name, value!);
        }

        return fields;
    }
}

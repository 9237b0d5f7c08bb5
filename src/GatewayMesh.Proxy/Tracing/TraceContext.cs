using System.Buffers;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tracing;

/// <summary>
/// Trace of a request in its fields: W3C <c>traceparent</c>, otherwise B3 in one field or several. What leaves is W3C. Text only, so that a
/// mesh without tracing allocates nothing.
/// </summary>
internal static class TraceContext
{
    /// <summary>Name of the field.</summary>
    public const string Field = "traceparent";

    /// <summary>Name of the field with the vendors' own state.</summary>
    public const string StateField = "tracestate";

    /// <summary>Length of <c>traceparent</c> in version 00.</summary>
    public const int Length = 55;

    private const int TraceIdLength = 32;
    private const int SpanIdLength = 16;
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>Ensures that the request has a W3C trace: kept, read from B3, or new.</summary>
    public static void Ensure(FieldTable fields, SplitMix random)
    {
        if (TakeGiven(fields) is not null)
        {
            return;
        }

        Span<char> text = stackalloc char[Length];
        "00-00000000000000000000000000000000-0000000000000000-00".CopyTo(text);
        HexDigits.Write(text[3..], random.Next());
        HexDigits.Write(text[19..], random.Next() | 1);
        HexDigits.Write(text[36..], random.Next() | 1);
        fields.Set(Field, text);
    }

    /// <summary>
    /// Returns the valid <c>traceparent</c> of the request, after writing it if the trace came as B3. Null without a trace; vendor state
    /// that belongs to no valid trace is then removed (W3C trace context, §4.3).
    /// </summary>
    public static string? TakeGiven(FieldTable fields)
    {
        if (fields[KnownField.Traceparent] is [{ } given] && IsValid(given))
        {
            return given;
        }

        fields.Remove(StateField);
        Span<char> text = stackalloc char[Length];
        if (!TryReadB3(fields, text))
        {
            return null;
        }

        fields.Set(Field, text);
        return fields[KnownField.Traceparent].ToString();
    }

    /// <summary>
    /// Sampling state of a B3 caller that sends no trace: false or true, null if unspecified. Needs a search over all fields.
    /// </summary>
    public static bool? SampledWithoutTrace(FieldTable fields) =>
        SampledOf(fields[KnownField.B3] is [{ Length: 1 } single] ? single : fields["X-B3-Sampled"].ToString());

    /// <summary>Returns the trace ID of a well-formed <c>traceparent</c>; otherwise nothing.</summary>
    public static ReadOnlyMemory<char> TraceIdOf(string? value) => IsValid(value) ? value.AsMemory(3, TraceIdLength) : default;

    // Version 00 has exactly these parts; a later version may have more after a dash (W3C trace context, §3.2.2).
    private static bool IsValid(string? value) =>
        value is { Length: >= Length } && value[2] == '-' && value[35] == '-' && value[52] == '-'
        && (value.Length == Length || (value[Length] == '-' && !value.StartsWith("00", StringComparison.Ordinal)))
        && IsHex(value.AsSpan(0, 2)) && !value.StartsWith("ff", StringComparison.Ordinal)
        && IsId(value.AsSpan(3, TraceIdLength)) && IsId(value.AsSpan(36, SpanIdLength)) && IsHex(value.AsSpan(53, 2));

    private static bool TryReadB3(FieldTable fields, Span<char> text)
    {
        if (fields[KnownField.B3] is [{ Length: > 1 } single])
        {
            var traceEnd = single.IndexOf('-', StringComparison.Ordinal);
            var spanEnd = traceEnd + 1 + SpanIdLength;
            return traceEnd > 0
                && spanEnd <= single.Length
                && (spanEnd == single.Length || single[spanEnd] == '-')
                && TryWrite(
                    single.AsSpan(0, traceEnd),
                    single.AsSpan(traceEnd + 1, SpanIdLength),
                    spanEnd + 1 < single.Length && single[spanEnd + 1] is '1' or 'd',
                    text);
        }

        return fields[KnownField.XB3TraceId] is [{ } trace]
            && fields["X-B3-SpanId"] is [{ } span]
            && TryWrite(trace, span, SampledOf(fields["X-B3-Sampled"].ToString()) == true || fields["X-B3-Flags"].ToString() == "1", text);
    }

    private static bool? SampledOf(string text) => text switch
    {
        "1" or "d" or "true" => true,
        "0" or "false" => false,
        _ => null,
    };

    // A trace ID of 64 bits is the lower half of one of 128.
    private static bool TryWrite(ReadOnlySpan<char> trace, ReadOnlySpan<char> span, bool isSampled, Span<char> text)
    {
        if (trace.Length is not (16 or TraceIdLength) || span.Length != SpanIdLength || !IsId(trace) || !IsId(span))
        {
            return false;
        }

        "00-00000000000000000000000000000000-0000000000000000-00".CopyTo(text);
        trace.CopyTo(text[(35 - trace.Length)..]);
        span.CopyTo(text[36..]);
        text[54] = isSampled ? '1' : '0';
        return true;
    }

    private static bool IsId(ReadOnlySpan<char> text) => IsHex(text) && text.ContainsAnyExcept('0');

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Hex);
}

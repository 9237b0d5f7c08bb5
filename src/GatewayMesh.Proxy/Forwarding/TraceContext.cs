using System.Buffers;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>W3C trace context: passed on, or started if the request has none. A B3 trace counts and is passed on unchanged.</summary>
internal static class TraceContext
{
    public const string Field = "traceparent";

    private const int Length = 55; // of version 00

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>Ensures that the request has a trace.</summary>
    public static void Ensure(FieldTable fields, SplitMix random)
    {
        if ((fields[KnownField.Traceparent] is [{ } given] && HasTraceId(given))
            || fields.Contains(KnownField.B3)
            || fields.Contains(KnownField.XB3TraceId))
        {
            return;
        }

        fields.Remove("tracestate");
        Span<char> text = stackalloc char[Length];
        "00-00000000000000000000000000000000-0000000000000000-00".CopyTo(text);
        HexDigits.Write(text[3..], random.Next());
        HexDigits.Write(text[19..], random.Next() | 1);
        HexDigits.Write(text[36..], random.Next() | 1);
        fields.Set(Field, text);
    }

    /// <summary>Returns the trace ID of a well-formed <c>traceparent</c>; otherwise nothing.</summary>
    public static ReadOnlyMemory<char> TraceIdOf(string? value) => HasTraceId(value) ? value.AsMemory(3, 32) : default;

    private static bool HasTraceId(string? value) =>
        value is { Length: >= Length } && value[2] == '-' && value[35] == '-' && value[52] == '-'
        && !value.AsSpan(3, 32).ContainsAnyExcept(Hex) && value.AsSpan(3, 32).ContainsAnyExcept('0');
}

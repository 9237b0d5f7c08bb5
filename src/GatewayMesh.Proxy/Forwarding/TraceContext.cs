using System.Buffers;
using System.Globalization;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>W3C trace context: passed on, or started if the request has none. A B3 trace counts and is passed on unchanged.</summary>
internal static class TraceContext
{
    public const string Field = "traceparent";

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>Ensures that the request has a trace.</summary>
    public static void Ensure(FieldTable fields, SplitMix random)
    {
        if (fields[Field] is [{ } given] && TraceIdOf(given) is not null)
        {
            return;
        }

        if (fields.Contains("b3") || fields.Contains("X-B3-TraceId"))
        {
            return;
        }

        fields.Remove("tracestate");
        fields.Set(
            Field,
            string.Create(CultureInfo.InvariantCulture, $"00-{random.Next():x16}{random.Next() | 1:x16}-{random.Next() | 1:x16}-00"));
    }

    /// <summary>Returns the trace ID of a well-formed <c>traceparent</c>; otherwise null.</summary>
    public static string? TraceIdOf(string? value) =>
        value is { Length: >= 55 } && value[2] == '-' && value[35] == '-' && value[52] == '-'
        && !value.AsSpan(3, 32).ContainsAnyExcept(Hex) && value.AsSpan(3, 32).ContainsAnyExcept('0')
            ? value.Substring(3, 32)
            : null;
}

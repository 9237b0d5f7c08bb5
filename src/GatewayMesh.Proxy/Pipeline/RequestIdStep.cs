using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Assigns a request ID, or keeps the client's ID if it is safe in a log line.</summary>
internal sealed class RequestIdStep(SplitMix random) : IStep
{
    /// <summary>Name of the field.</summary>
    public const string Field = "X-Request-Id";

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var fields = exchange.Head.Fields;
        if (IsKept(fields))
        {
            exchange.RequestId = fields[KnownField.XRequestId][0]!;
        }
        else
        {
            exchange.RequestId = string.Create(HexDigits.OfNumber, random.Next(), static (text, number) => HexDigits.Write(text, number));
            fields.Set(Field, exchange.RequestId);
        }

        return Verdict.Next;
    }

    /// <summary>True if the client's ID is kept.</summary>
    public static bool IsKept(FieldTable fields) =>
        fields[KnownField.XRequestId] is [{ Length: > 0 and <= 64 } id]
        && !id.AsSpan().ContainsAnyExceptInRange('!', '~')
        && !id.Contains('"');
}

using System.Globalization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Handles <c>Max-Forwards</c> of TRACE and OPTIONS (RFC 9110 §7.6.2): at zero this proxy is the recipient.</summary>
internal sealed class MaxForwardsStep : IStep
{
    private static readonly LocalAnswer Options = LocalAnswer.Empty(204);

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var isOptions = exchange.Head.Method == "OPTIONS";
        if ((!isOptions && exchange.Head.Method != "TRACE")
            || exchange.Head.Fields[KnownField.MaxForwards] is not { Count: > 0 } field
            || !int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var left))
        {
            return Verdict.Next;
        }

        if (left == 0)
        {
            return isOptions ? Verdict.Reply(Options) : Verdict.Fail(MeshErrorKind.MethodNotAllowed, "TRACE");
        }

        exchange.ForwardsLeft = left - 1;
        return Verdict.Next;
    }
}

using System.Globalization;
using GatewayMesh.Proxy.Errors;
using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Handles <c>Max-Forwards</c> of TRACE and OPTIONS (RFC 9110 §7.6.2): at zero this proxy is the recipient.</summary>
internal sealed class MaxForwardsStep : IStep
{
    private static readonly LocalAnswer Options = new(204, "", null);

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var request = exchange.Http.Request;
        var isOptions = HttpMethods.IsOptions(request.Method);
        if ((!isOptions && !HttpMethods.IsTrace(request.Method))
            || !request.Headers.TryGetValue("Max-Forwards", out var field)
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

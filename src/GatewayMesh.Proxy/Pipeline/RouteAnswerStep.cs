using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Answers requests whose route leads to no instance: a redirect, or a service without instances. Runs after <see cref="CorsStep"/>: a
/// browser treats a redirected preflight request as failed (Fetch Standard), and pages can only read answers with the fields of CORS.
/// </summary>
internal sealed class RouteAnswerStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var route = exchange.Route;
        if (route.Leaf?.Redirect is { } redirect)
        {
            return redirect.Of(exchange.Scheme, exchange.Host, exchange.Target.PathAndQuery) is { } answer
                ? Verdict.Reply(answer)
                : Verdict.Fail(MeshErrorKind.RequestMalformed, "host");
        }

        return !route.Instances.All.IsEmpty ? Verdict.Next
            : Verdict.Fail(route.Instances.IsRefused ? MeshErrorKind.AddressRefused : MeshErrorKind.NoEndpoint);
    }
}

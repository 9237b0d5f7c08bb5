using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Answers requests whose route leads to no instance: an error or a redirect of the route, or a service without instances. Runs after
/// <see cref="CorsStep"/>: a browser treats a redirected preflight request as failed (Fetch Standard), and pages can only read answers with
/// the fields of CORS.
/// </summary>
internal sealed class RouteAnswerStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var route = exchange.Route;
        if (route.Answer is { } error)
        {
            return Verdict.Fail(error.Error);
        }

        if (route.Leaf is { Redirect: not null } leaf)
        {
            return Redirect(exchange, leaf);
        }

        return !route.Instances.All.IsEmpty ? Verdict.Next
            : Verdict.Fail(route.Instances.IsRefused ? MeshErrorKind.AddressRefused : MeshErrorKind.NoEndpoint);
    }

    private static Verdict Redirect(Exchange exchange, LiveLeaf leaf)
    {
        if (leaf.Redirect!.Of(exchange.Scheme, exchange.Host, exchange.Target.PathAndQuery) is not { } answer)
        {
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "host");
        }

        return Verdict.Reply(leaf.Edits?.Response is not { } edit ? answer : answer with
        {
            Fields = [.. answer.Fields, .. edit.Added.Select(static field => new Field(field.Key, field.Value))],
        });
    }
}

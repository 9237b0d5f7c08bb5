using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Balancers;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Runs a request with an <c>Idempotency-Key</c> once, if the policy of its service says so: at the callee's sidecar. Other proxies send
/// requests with one key to one instance.
/// </summary>
internal sealed class IdempotencyStep(KeyStores stores) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        // A copy (mirror) must not leave its response for the original's key.
        if (exchange.Route.Policy.Idempotency is not { Enabled: true } model || exchange.PeerHeaders.IsMirror)
        {
            return Verdict.Next;
        }

        if (exchange.Keyed is { } prepared)
        {
            return prepared.Verdict!;
        }

        // The answer of a call is a stream with trailers, the one of an upgrade is another protocol: neither can be kept.
        if (!IdempotencyKeyField.Allows(exchange.Method) || exchange.IsGrpc || exchange.IsUpgrade)
        {
            return Verdict.Next;
        }

        if (!IdempotencyKeyField.TryRead(exchange.Head.Fields, out var key))
        {
            return Verdict.Fail(MeshErrorKind.RequestMalformed, IdempotencyKeyField.Name);
        }

        if (key is null)
        {
            return Verdict.Next;
        }

        if (!exchange.Behavior.KeepsKeys)
        {
            Assign(exchange, key);
            return Verdict.Next;
        }

        if (stores.Of(exchange.Route.Instances.Service, model) is not { } store)
        {
            stores.Count(exchange.Route.Instances.Service, IdempotencyOutcome.Unavailable);
            return Verdict.Fail(MeshErrorKind.IdempotencyUnavailable);
        }

        var run = new KeyedRun(stores, store, exchange, Digest.OfKey(CallerOf(exchange), exchange.Route.Instances.Service, key));
        exchange.Keyed = run;
        return Verdict.After(run.PrepareAsync());
    }

    // An application without a sidecar and a proxy of Consul Connect keep no keys: any other instance is as good.
    private static void Assign(Exchange exchange, string key)
    {
        var owner = KeyOwner.Of(exchange.Route.Instances, StableHash.Of(key));
        if (owner.Model is { IsBare: false, IsForeign: false } model)
        {
            (exchange.KeyOwner, exchange.IsKeyKept) = (owner, model.KeepsKeys);
        }
    }

    // Clients outside the mesh share the identity of the ingress: the subject of a verified token, or else their credentials tell them
    // apart.
    private static string CallerOf(Exchange exchange)
    {
        var caller = exchange.Caller.Id?.ToString() ?? exchange.Caller.Service;
        if (!exchange.SpeaksOfClients)
        {
            return caller;
        }

        var fields = exchange.Head.Fields;
        var client = exchange.Claims is { } claims && claims.Find("sub") is { Length: > 0 } subject
            ? $"subject\n{claims.Find("iss")}\n{subject}"
            : $"credentials\n{fields[KnownField.Authorization]}\n{fields[KnownField.Cookie]}";
        return $"{caller}\n{fields[KnownField.XForwardedClientCert]}\n{client}";
    }
}

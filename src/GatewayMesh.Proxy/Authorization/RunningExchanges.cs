using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>Running requests allowed by an intention. A request is ended when a new configuration no longer allows it.</summary>
/// <param name="connections">Connections whose requests are checked.</param>
/// <param name="current">Returns the current intentions.</param>
/// <param name="denials">Counter and log of denials.</param>
internal sealed class RunningExchanges(OpenConnections connections, Func<IntentionTable> current, Denials denials)
{
    /// <summary>Current intentions.</summary>
    public IntentionTable Intentions => current();

    /// <summary>
    /// Registers an admitted request that is about to be forwarded. Returns false if intentions have changed since they were evaluated and
    /// no longer allow the request. A change inspects the registered requests, and a registration checks for a change, so one of the two
    /// always sees the other.
    /// </summary>
    public bool Enter(Exchange exchange)
    {
        exchange.EnterGuarded();
        var table = current();
        if (ReferenceEquals(table, exchange.AllowedBy) || table.Revision == exchange.AllowedBy!.Revision)
        {
            return true;
        }

        var decision = Decide(table, exchange);
        if (!decision.Allowed)
        {
            denials.Denied(exchange, decision, decision.Because);
        }

        return decision.Allowed;
    }

    /// <summary>Ends the running requests that the new intentions do not allow. Returns the number of ended requests.</summary>
    public int EndDenied()
    {
        var table = current();
        var ended = 0;
        foreach (var exchange in connections.Guarded())
        {
            if (!exchange.TryLookAt())
            {
                continue;
            }

            try
            {
                var decision = Decide(table, exchange);
                if (!decision.Allowed && !exchange.IsRevoked)
                {
                    denials.Ended(exchange, decision);
                    exchange.Revoke();
                    ended++;
                }
            }
            finally
            {
                exchange.EndLook();
            }
        }

        return ended;
    }

    private static IntentionDecision Decide(IntentionTable table, Exchange exchange) =>
        table.Decide(exchange.Caller.Service, exchange.Destination!, new ExchangeFacts(exchange));
}

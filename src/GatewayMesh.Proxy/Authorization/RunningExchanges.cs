using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>The requests under way that an intention allowed: ended when another configuration no longer does.</summary>
/// <param name="connections">Where they are found.</param>
/// <param name="current">The intentions of the moment.</param>
/// <param name="denials">Counts and logs.</param>
internal sealed class RunningExchanges(OpenConnections connections, Func<IntentionTable> current, Denials denials)
{
    /// <summary>
    /// A request was let in and is about to be forwarded. False when the intentions have changed since they were asked, and it is no longer allowed: whoever changes
    /// them looks at what is entered, and whoever enters looks at whether they changed, so one of the two sees the other.
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

    /// <summary>Other intentions are in force: ends what they do not allow. Returns how many that were.</summary>
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

using GatewayMesh.Events;

namespace GatewayMesh.Nodes;

/// <summary>Events about injected faults: when they begin, end, or are ignored, because of the policies or of the bootstrap.</summary>
/// <param name="events">Receives the events.</param>
internal sealed class FaultEvents(EventLog events)
{
    private readonly Lock _lock = new();
    private (bool Allowed, string Services) _last = (false, "");

    /// <summary>Reports a change.</summary>
    /// <param name="allowed">True if the node injects faults (<c>allowFaults</c>).</param>
    /// <param name="names">Services whose policy has faults.</param>
    internal void Report(bool allowed, IEnumerable<string> names)
    {
        var services = string.Join(", ", names);
        lock (_lock)
        {
            var last = _last;
            _last = (allowed, services);
            if (services == last.Services && (services.Length == 0 || allowed == last.Allowed))
            {
                return;
            }
        }

        if (services.Length == 0)
        {
            events.Info("faults_ended", "no policy has faults any more");
        }
        else if (allowed)
        {
            events.Warning("faults_injected", "faults are injected into calls", ("services", services));
        }
        else
        {
            events.Warning("faults_ignored", "policies have faults, which this node ignores: allowFaults is false", ("services", services));
        }
    }
}

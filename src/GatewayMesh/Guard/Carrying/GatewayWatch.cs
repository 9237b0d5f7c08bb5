using System.Collections.Immutable;
using GatewayMesh.Configuration.Tunnels;

namespace GatewayMesh.Guard.Carrying;

/// <summary>Recent responses of the gateways, from exercises and carried connections.</summary>
internal sealed class GatewayWatch(TimeProvider time, Action changed)
{
    /// <summary>
    /// Time without a response to hellos before a gateway counts as silent. On a starved machine every response is late for a moment, and
    /// a paused listener would refuse connections that a late response could have served.
    /// </summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, GatewayHealth> _seen = [];
    private readonly Dictionary<string, TimeSpan> _unansweredSince = [];
    private readonly long _start = time.GetTimestamp();

    /// <summary>The latest observation of each gateway.</summary>
    internal ImmutableArray<GatewayHealth> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen.Values];
            }
        }
    }

    /// <summary>Current time on the clock of <see cref="GatewayHealth.At"/>.</summary>
    internal TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Records a gateway's response.</summary>
    internal void Saw(GatewayAddress gateway, bool ok, string? error)
    {
        bool news;
        lock (_seen)
        {
            news = !_seen.TryGetValue(gateway.Node, out var before) || before.Ok != ok;
            _seen[gateway.Node] = new GatewayHealth(gateway.Node, gateway.Tunnel.ToString(), ok, Now, error);
            _unansweredSince.Remove(gateway.Node);
        }

        if (news)
        {
            changed();
        }
    }

    /// <summary>Records a hello without a response in time. A gateway is silent only after a second without any response.</summary>
    internal void SawNoAnswer(GatewayAddress gateway)
    {
        TimeSpan since;
        lock (_seen)
        {
            if (!_unansweredSince.TryGetValue(gateway.Node, out since))
            {
                _unansweredSince[gateway.Node] = since = Now;
            }
        }

        if (Now - since >= Grace)
        {
            Saw(gateway, ok: false, "no response in time");
        }
    }

    /// <summary>Forgets gateways that are in no list any more.</summary>
    internal void Keep(IReadOnlySet<string> nodes)
    {
        bool news;
        lock (_seen)
        {
            var gone = _seen.Keys.Where(node => !nodes.Contains(node)).ToList();
            gone.ForEach(node => _seen.Remove(node));
            gone.ForEach(node => _unansweredSince.Remove(node));
            news = gone.Count > 0;
        }

        if (news)
        {
            changed();
        }
    }

    /// <summary>Orders gateways: those that responded last time or were never tried come first, otherwise in the given order.</summary>
    internal ImmutableArray<GatewayAddress> InOrder(ImmutableArray<GatewayAddress> gateways)
    {
        lock (_seen)
        {
            return [.. gateways.OrderBy(gateway => _seen.TryGetValue(gateway.Node, out var seen) && !seen.Ok)];
        }
    }

    /// <summary>True if any gateway responds, as far as is known. A gateway never tried counts as responding.</summary>
    internal bool AnyOf(IEnumerable<GatewayAddress> gateways)
    {
        lock (_seen)
        {
            return gateways.Any(gateway => !_seen.TryGetValue(gateway.Node, out var seen) || seen.Ok);
        }
    }
}

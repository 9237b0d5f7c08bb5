using System.Collections.Immutable;
using GatewayMesh.Configuration.Tunnels;

namespace GatewayMesh.Guard.Carrying;

/// <summary>Which gateways answered lately: by exercises and by what was carried.</summary>
internal sealed class GatewayWatch(TimeProvider time, Action changed)
{
    /// <summary>How long a gateway may leave hellos unanswered before it counts as silent: on a starved machine every answer is late for a moment, and a paused listener refuses what a late answer would have served.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, GatewayHealth> _seen = [];
    private readonly Dictionary<string, TimeSpan> _unansweredSince = [];
    private readonly long _start = time.GetTimestamp();

    /// <summary>What was last seen of each gateway.</summary>
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

    /// <summary>Time on the clock of <see cref="GatewayHealth.At"/>.</summary>
    internal TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Notes how a gateway answered.</summary>
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

    /// <summary>Notes that a gateway did not answer a hello in time. Once is nothing; for a second without any answer in between it is silent.</summary>
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
            Saw(gateway, ok: false, "no answer in time");
        }
    }

    /// <summary>Forgets gateways that no list names any more.</summary>
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

    /// <summary>Those that answered last time (or were never asked) first, otherwise in the order given.</summary>
    internal ImmutableArray<GatewayAddress> InOrder(ImmutableArray<GatewayAddress> gateways)
    {
        lock (_seen)
        {
            return [.. gateways.OrderBy(gateway => _seen.TryGetValue(gateway.Node, out var seen) && !seen.Ok)];
        }
    }

    /// <summary>Whether any gateway answers, as far as is known: one that was never asked counts.</summary>
    internal bool AnyOf(IEnumerable<GatewayAddress> gateways)
    {
        lock (_seen)
        {
            return gateways.Any(gateway => !_seen.TryGetValue(gateway.Node, out var seen) || seen.Ok);
        }
    }
}

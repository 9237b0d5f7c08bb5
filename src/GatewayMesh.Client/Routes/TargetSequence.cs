using System.Collections.Immutable;
using GatewayMesh.Client.Failover;

namespace GatewayMesh.Client.Routes;

/// <summary>
/// The order in which one request tries targets: the sidecar; the sidecar again if it died with the request in flight (the guard may have
/// taken over by then); each gateway; and again, with more time, each gateway that timed out. A sidecar that is not in use comes last.
/// </summary>
internal sealed class TargetSequence
{
    private const int MaxReturns = 2;
    private readonly TargetTable _routes;
    private ImmutableArray<Target>? _gateways;
    private int _next;
    private int _returns;
    private bool _sidecarTried;
    private ImmutableArray<Target> _tooSlow = [];

    public TargetSequence(TargetTable routes)
    {
        _routes = routes;
        if (routes.Sidecar is { } sidecar && !routes.TargetBreaker!.IsOpen)
        {
            _sidecarTried = true;
            Current = sidecar;
        }
        else
        {
            Current = NextGateway();
        }
    }

    /// <summary>The current target; null if there is none.</summary>
    public Target? Current { get; private set; }

    /// <summary>True in the second round.</summary>
    public bool Patient { get; private set; }

    /// <summary>True if there is another target after the current one.</summary>
    public bool HasAnother =>
        (_gateways ??= _routes.Gateways).Length > _next
            || (!Patient && !_tooSlow.IsEmpty)
            || (!_sidecarTried && _routes.Sidecar is not null);

    /// <summary>Moves to the next target after a failed attempt; false if every target was tried.</summary>
    public bool MoveOn(in AttemptOutcome failed)
    {
        if (Current is { Tier: Tier.Gateway } && failed.Reason == FailoverReason.ConnectTimeout)
        {
            _tooSlow = _tooSlow.Add(Current);
        }

        Current = Returns(failed) ? _routes.Sidecar : NextGateway();
        return Current is not null;
    }

    private bool Returns(in AttemptOutcome failed) =>
        Current is { Tier: Tier.Sidecar }
        && !_routes.TargetBreaker!.IsOpen
        && (failed.Reason == FailoverReason.Unsent ? _returns++ < MaxReturns : failed.Reason == FailoverReason.Lost && _returns++ == 0);

    private Target? NextGateway()
    {
        var gateways = _gateways ??= _routes.Gateways;
        if (_next == gateways.Length && !Patient && !_tooSlow.IsEmpty)
        {
            Patient = true;
            _gateways = gateways = _tooSlow;
            _next = 0;
        }

        if (_next < gateways.Length)
        {
            return gateways[_next++];
        }

        if (_sidecarTried)
        {
            return null;
        }

        _sidecarTried = true;
        return _routes.Sidecar;
    }
}

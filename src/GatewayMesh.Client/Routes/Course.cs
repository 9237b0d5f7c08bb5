using System.Collections.Immutable;
using GatewayMesh.Client.Failover;

namespace GatewayMesh.Client.Routes;

/// <summary>
/// The ways that one request takes, in order: the sidecar; the sidecar again when the request was in flight as it died (the guard may carry it by now);
/// each gateway; and those gateways once more, with patience, that were only too slow. While the sidecar is not used it comes last.
/// </summary>
internal sealed class Course
{
    private const int MostReturns = 2;
    private readonly TargetTable _routes;
    private ImmutableArray<Target>? _gateways;
    private int _next;
    private int _returns;
    private bool _sidecarTried;
    private ImmutableArray<Target> _tooSlow = [];

    public Course(TargetTable routes)
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

    /// <summary>The way to take now; null when there is none.</summary>
    public Target? Current { get; private set; }

    /// <summary>The second round has begun.</summary>
    public bool Patient { get; private set; }

    /// <summary>There is another way after this one.</summary>
    public bool HasAnother => (_gateways ??= _routes.Gateways).Length > _next || (!Patient && !_tooSlow.IsEmpty) || (!_sidecarTried && _routes.Sidecar is not null);

    /// <summary>Moves on after a failed attempt; false when every way was tried.</summary>
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
        && (failed.Reason == FailoverReason.Unsent ? _returns++ < MostReturns : failed.Reason == FailoverReason.Lost && _returns++ == 0);

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

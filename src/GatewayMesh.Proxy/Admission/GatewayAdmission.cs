using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.AdaptiveConcurrency;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Shedding;

namespace GatewayMesh.Proxy.Admission;

/// <summary>
/// Bounds the requests that a gateway carries at one time, fair between calling hosts (by peer address). One short lock.
/// <para>
/// The rule: the fair share of a host is the maximum divided by the hosts that have a request in flight, the caller included, plus one (the
/// host that may come next), and at least one place. An eighth of the maximum (at least one place, none when the maximum is one) is a reserve.
/// A host below its share gets any free place; a host at or above it only a place that is not of the reserve. So one host alone may use seven
/// eighths, a newcomer finds room at once, and when all is taken each place that is given back goes to a host below its share, never back to
/// the greedy one.
/// </para>
/// <para>
/// Sheddable requests are refused from four fifths of the maximum on (<see cref="SheddingModel.SheddableShare"/>); critical ones of a host at or above its
/// share may use the first half of the reserve, so that a host which calls everything critical still leaves the other half to newcomers. Where a limit is
/// found by measuring, it stands in place of the maximum while it is lower.
/// </para>
/// </summary>
public sealed class GatewayAdmission
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, HostLoad> _hosts = [];
    private readonly Stack<HostLoad> _spare = new();
    private readonly AdaptiveLimit? _measured;
    private readonly int _most;
    private int _inFlight;
    private long _admitted;
    private long _refusedFull;
    private long _refusedShare;
    private long _refusedShed;

    /// <summary>An empty gateway.</summary>
    /// <param name="maxConcurrentRequests">Requests at one time, at least 1.</param>
    /// <param name="measured">The limit that is found by measuring. Default: none.</param>
    internal GatewayAdmission(int maxConcurrentRequests, AdaptiveLimit? measured)
        : this(maxConcurrentRequests) => _measured = measured;

    /// <summary>An empty gateway that measures nothing.</summary>
    /// <param name="maxConcurrentRequests">Requests at one time, at least 1.</param>
    public GatewayAdmission(int maxConcurrentRequests)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrentRequests, 1);
        _most = maxConcurrentRequests;
    }

    /// <summary>Requests at one time, at most, at this moment.</summary>
    public int Max => _measured is { } measured ? Math.Min(_most, measured.Limit) : _most;

    /// <summary>Whether nothing is free for a host that has nothing in flight.</summary>
    public bool IsFull => Counts is var counts && counts.InFlight >= counts.Max;

    /// <summary>What <c>/status</c> shows.</summary>
    public AdmissionCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new AdmissionCounts(Max, _inFlight, _hosts.Count, _admitted, _refusedFull, _refusedShare) { RefusedShed = _refusedShed };
            }
        }
    }

    /// <summary>Admits a request of <paramref name="host"/>, or refuses it (503 with <c>Retry-After</c>).</summary>
    public bool TryEnter(IPAddress host, out AdmissionLease lease) => TryEnter(host, Criticality.Default, out lease) == LimitVerdict.Admitted;

    /// <summary>Admits a request of <paramref name="host"/> that matters that much, or refuses it.</summary>
    internal LimitVerdict TryEnter(IPAddress host, Criticality criticality, out AdmissionLease lease)
    {
        var address = AddressOf(host);
        lock (_lock)
        {
            lease = default;
            var max = Max;
            var reserve = max == 1 ? 0 : Math.Max(1, max / 8);
            if (_inFlight >= max)
            {
                _refusedFull++;
                return LimitVerdict.Full;
            }

            if (criticality == Criticality.Sheddable && _inFlight >= Permits.OfNumber(max, SheddingModel.Default).Sheddable)
            {
                _refusedShed++;
                return LimitVerdict.Shed;
            }

            _hosts.TryGetValue(address, out var load);
            var share = Math.Max(1, max / (_hosts.Count + (load is null ? 2 : 1)));
            var kept = criticality == Criticality.Critical ? reserve / 2 : reserve;
            if ((load?.InFlight ?? 0) >= share && _inFlight >= max - kept)
            {
                _refusedShare++;
                return LimitVerdict.Full;
            }

            load ??= Begin(address);
            load.InFlight++;
            _inFlight++;
            _admitted++;
            _measured?.Enter();
            lease = new AdmissionLease(this, load);
            return LimitVerdict.Admitted;
        }
    }

    internal void Leave(HostLoad host, long began, TimeSpan? took)
    {
        _measured?.Leave(began, took);
        lock (_lock)
        {
            _inFlight--;
            if (--host.InFlight == 0)
            {
                _hosts.Remove(host.Address);
                _spare.Push(host);
            }
        }
    }

    // Objects of hosts that went are used again: a host with one request at a time would cost one for each.
    private HostLoad Begin(UInt128 address)
    {
        var load = _spare.TryPop(out var spare) ? spare : new HostLoad();
        load.Address = address;
        _hosts.Add(address, load);
        return load;
    }

    // IPv4 as IPv4-mapped IPv6, so that a host is one host whatever kind of listener it came by.
    private static UInt128 AddressOf(IPAddress host)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (host.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes[10] = bytes[11] = 0xFF;
            host.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            host.TryWriteBytes(bytes, out _);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.AdaptiveConcurrency;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Shedding;

namespace GatewayMesh.Proxy.Admission;

/// <summary>
/// Bounds the concurrent requests of a gateway, fairly between calling hosts (by peer address). Takes one short lock.
/// <para>
/// The rule: the fair share of a host is the maximum divided by the number of hosts with a request in flight, including the caller, plus
/// one (for the next host), and at least one permit. An eighth of the maximum is a reserve (at least one permit; none if the maximum is
/// one). A host below its share gets any free permit; a host at or above its share gets only permits outside the reserve. So a single host
/// can use seven eighths, a new host finds a permit at once, and under full load each returned permit goes to a host below its share, never
/// back to the greedy host.
/// </para>
/// <para>
/// Sheddable requests are refused from four fifths of the maximum on (<see cref="SheddingModel.SheddableShare"/>). Critical requests of a
/// host at or above its share may use the first half of the reserve, so a host that marks everything critical still leaves the other half
/// to new hosts. A measured limit replaces the maximum while the measured limit is lower.
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

    /// <summary>Creates an idle gateway admission.</summary>
    /// <param name="maxConcurrentRequests">Maximum number of concurrent requests, at least 1.</param>
    /// <param name="measured">Limit found by measurement. Default: none.</param>
    internal GatewayAdmission(int maxConcurrentRequests, AdaptiveLimit? measured)
        : this(maxConcurrentRequests) => _measured = measured;

    /// <summary>Creates an idle gateway admission without measurement.</summary>
    /// <param name="maxConcurrentRequests">Maximum number of concurrent requests, at least 1.</param>
    public GatewayAdmission(int maxConcurrentRequests)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrentRequests, 1);
        _most = maxConcurrentRequests;
    }

    /// <summary>Current maximum number of concurrent requests.</summary>
    public int Max => _measured is { } measured ? Math.Min(_most, measured.Limit) : _most;

    /// <summary>True if no permit is free for a host with no request in flight.</summary>
    public bool IsFull => Counts is var counts && counts.InFlight >= counts.Max;

    /// <summary>Counters shown by <c>/status</c>.</summary>
    public AdmissionCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new AdmissionCounts(
                    Max, _inFlight, _hosts.Count, _admitted, _refusedFull, _refusedShare) { RefusedShed = _refusedShed };
            }
        }
    }

    /// <summary>Admits a request from <paramref name="host"/>, or refuses it (503 with <c>Retry-After</c>).</summary>
    public bool TryEnter(IPAddress host, out AdmissionLease lease) =>
        TryEnter(host, Criticality.Default, out lease) == LimitVerdict.Admitted;

    /// <summary>Admits a request from <paramref name="host"/> with the given criticality, or refuses it.</summary>
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

    // Objects of departed hosts are reused: otherwise a host with one request at a time would allocate one per request.
    private HostLoad Begin(UInt128 address)
    {
        var load = _spare.TryPop(out var spare) ? spare : new HostLoad();
        load.Address = address;
        _hosts.Add(address, load);
        return load;
    }

    // Maps IPv4 to IPv4-mapped IPv6 so that a host counts as one host on every kind of listener.
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

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

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
/// </summary>
public sealed class GatewayAdmission
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, HostLoad> _hosts = [];
    private readonly Stack<HostLoad> _spare = new();
    private readonly int _reserve;
    private int _inFlight;
    private long _admitted;
    private long _refusedFull;
    private long _refusedShare;

    /// <summary>An empty gateway.</summary>
    /// <param name="maxConcurrentRequests">Requests at one time, at least 1.</param>
    public GatewayAdmission(int maxConcurrentRequests)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrentRequests, 1);
        Max = maxConcurrentRequests;
        _reserve = maxConcurrentRequests == 1 ? 0 : Math.Max(1, maxConcurrentRequests / 8);
    }

    /// <summary>Requests at one time, at most.</summary>
    public int Max { get; }

    /// <summary>What <c>/status</c> shows.</summary>
    public AdmissionCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new AdmissionCounts(Max, _inFlight, _hosts.Count, _admitted, _refusedFull, _refusedShare);
            }
        }
    }

    /// <summary>Admits a request of <paramref name="host"/>, or refuses it (503 with <c>Retry-After</c>).</summary>
    public bool TryEnter(IPAddress host, out AdmissionLease lease)
    {
        var address = AddressOf(host);
        lock (_lock)
        {
            lease = default;
            if (_inFlight >= Max)
            {
                _refusedFull++;
                return false;
            }

            _hosts.TryGetValue(address, out var load);
            var share = Math.Max(1, Max / (_hosts.Count + (load is null ? 2 : 1)));
            if ((load?.InFlight ?? 0) >= share && _inFlight >= Max - _reserve)
            {
                _refusedShare++;
                return false;
            }

            load ??= Begin(address);
            load.InFlight++;
            _inFlight++;
            _admitted++;
            lease = new AdmissionLease(this, load);
            return true;
        }
    }

    internal void Leave(HostLoad host)
    {
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

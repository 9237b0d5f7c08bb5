using System.Runtime.CompilerServices;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>The instances that one request has tried, the last eight of them. A value: keep it in the request and pass it by reference.</summary>
public struct TriedEndpoints
{
    private const int Capacity = 8;
    private Slots _slots;

    /// <summary>How many attempts have been made.</summary>
    public int Count { get; private set; }

    /// <summary>Remembers <paramref name="state"/>.</summary>
    public void Add(EndpointState state) => _slots[Count++ % Capacity] = state;

    /// <summary>True when <paramref name="state"/> is among the last eight.</summary>
    public readonly bool Contains(EndpointState state)
    {
        for (var i = 0; i < Math.Min(Count, Capacity); i++)
        {
            if (ReferenceEquals(_slots[i], state))
            {
                return true;
            }
        }

        return false;
    }

    [InlineArray(Capacity)]
    private struct Slots
    {
        private EndpointState? _first;
    }
}

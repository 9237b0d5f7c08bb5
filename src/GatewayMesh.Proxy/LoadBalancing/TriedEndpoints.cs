using System.Runtime.CompilerServices;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>The last eight instances that a request has tried. A value type: keep it in the request and pass it by reference.</summary>
public struct TriedEndpoints
{
    private const int Capacity = 8;
    private Slots _slots;

    /// <summary>Number of attempts.</summary>
    public int Count { get; private set; }

    /// <summary>Adds <paramref name="state"/>.</summary>
    public void Add(EndpointState state) => _slots[Count++ % Capacity] = state;

    /// <summary>True if <paramref name="state"/> is among the last eight.</summary>
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

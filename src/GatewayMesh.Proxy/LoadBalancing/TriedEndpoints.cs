using System.Runtime.CompilerServices;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>The last eight instances that a request has tried. A value type: keep it in the request and pass it by reference.</summary>
public struct TriedEndpoints
{
    private const int Capacity = 8;
    private Slots _slots;
    private int _elsewhere;

    /// <summary>Number of attempts.</summary>
    public int Count { get; private set; }

    /// <summary>Number of attempts at instances of the current target.</summary>
    public readonly int CountHere => Count - _elsewhere;

    /// <summary>Moves to another target, of whose instances some may have been tried as instances of an earlier one.</summary>
    public void MoveTo(EndpointSet target)
    {
        _elsewhere = Count;
        foreach (var state in target.All)
        {
            _elsewhere -= Contains(state) ? 1 : 0;
        }
    }

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

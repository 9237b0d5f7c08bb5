namespace GatewayMesh.Proxy.Telemetry;

/// <summary>
/// A bounded lock-free queue of values for many writers and one reader (D. Vyukov's bounded queue: each slot has the ticket for which it is
/// ready). A full queue refuses values.
/// </summary>
internal sealed class BoundedRing<T>
    where T : struct
{
    private readonly Slot[] _slots;
    private readonly int _mask;
    private long _head;
    private long _tail;

    /// <summary>Creates an empty queue.</summary>
    /// <param name="capacity">Maximum number of queued values; rounded up to a power of two.</param>
    public BoundedRing(int capacity)
    {
        _slots = new Slot[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, capacity))];
        _mask = _slots.Length - 1;
        for (var i = 0; i < _slots.Length; i++)
        {
            _slots[i].Ticket = i;
        }
    }

    /// <summary>Maximum number of queued values.</summary>
    public int Capacity => _slots.Length;

    /// <summary>Approximate number of queued values.</summary>
    public long Count => Volatile.Read(ref _tail) - Volatile.Read(ref _head);

    /// <summary>Adds <paramref name="value"/> at the end; false if the queue is full.</summary>
    public bool TryAdd(in T value)
    {
        while (true)
        {
            var tail = Volatile.Read(ref _tail);
            ref var slot = ref _slots[tail & _mask];
            var ticket = Volatile.Read(ref slot.Ticket);
            if (ticket < tail)
            {
                return false; // the slot still holds a value of the previous round
            }

            if (ticket == tail && Interlocked.CompareExchange(ref _tail, tail + 1, tail) == tail)
            {
                slot.Value = value;
                Volatile.Write(ref slot.Ticket, tail + 1);
                return true;
            }
        }
    }

    /// <summary>Takes the first value. Single reader only.</summary>
    public bool TryTake(out T value)
    {
        ref var slot = ref _slots[_head & _mask];
        if (Volatile.Read(ref slot.Ticket) != _head + 1)
        {
            value = default;
            return false;
        }

        value = slot.Value;
        slot.Value = default; // release references
        Volatile.Write(ref slot.Ticket, _head + _slots.Length);
        Volatile.Write(ref _head, _head + 1);
        return true;
    }

    private struct Slot
    {
        public long Ticket;
        public T Value;
    }
}

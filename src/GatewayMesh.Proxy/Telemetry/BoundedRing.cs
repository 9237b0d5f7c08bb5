namespace GatewayMesh.Proxy.Telemetry;

/// <summary>
/// A bounded queue of values for many writers and one reader, without locks (D. Vyukov's bounded queue: each slot carries the ticket for which it
/// is ready). A full one refuses.
/// </summary>
internal sealed class BoundedRing<T>
    where T : struct
{
    private readonly Slot[] _slots;
    private readonly int _mask;
    private long _head;
    private long _tail;

    /// <summary>An empty queue.</summary>
    /// <param name="capacity">Values that may wait; rounded up to a power of two.</param>
    public BoundedRing(int capacity)
    {
        _slots = new Slot[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, capacity))];
        _mask = _slots.Length - 1;
        for (var i = 0; i < _slots.Length; i++)
        {
            _slots[i].Ticket = i;
        }
    }

    /// <summary>Values that may wait.</summary>
    public int Capacity => _slots.Length;

    /// <summary>Values that wait, about.</summary>
    public long Count => Volatile.Read(ref _tail) - Volatile.Read(ref _head);

    /// <summary>Puts <paramref name="value"/> at the end; false when the queue is full.</summary>
    public bool TryAdd(in T value)
    {
        while (true)
        {
            var tail = Volatile.Read(ref _tail);
            ref var slot = ref _slots[tail & _mask];
            var ticket = Volatile.Read(ref slot.Ticket);
            if (ticket < tail)
            {
                return false; // still holds the value of a round ago
            }

            if (ticket == tail && Interlocked.CompareExchange(ref _tail, tail + 1, tail) == tail)
            {
                slot.Value = value;
                Volatile.Write(ref slot.Ticket, tail + 1);
                return true;
            }
        }
    }

    /// <summary>Takes the first value. One thread only.</summary>
    public bool TryTake(out T value)
    {
        ref var slot = ref _slots[_head & _mask];
        if (Volatile.Read(ref slot.Ticket) != _head + 1)
        {
            value = default;
            return false;
        }

        value = slot.Value;
        slot.Value = default; // let go of what it refers to
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

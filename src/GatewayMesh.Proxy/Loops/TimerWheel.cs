using System.Numerics;

namespace GatewayMesh.Proxy.Loops;

/// <summary>
/// Timers of a loop, in slots of 10 ms. Setting and canceling is an insertion into or a removal from a linked list of nodes that the
/// callers own. A timer is never early, and at most one slot late on a loop that is not busy.
/// <code>
/// near: 256 slots × 10 ms = 2.56 s        timers due in the current turn of this wheel; fired when their slot is reached
/// far:  256 slots × 2.56 s = 655 s        moved near when their turn begins; later timers go around again
/// </code>
/// Not thread-safe: one loop uses it.
/// </summary>
internal sealed class TimerWheel
{
    /// <summary>Length of a slot: 10 ms.</summary>
    public static readonly TimeSpan SlotLength = TimeSpan.FromMilliseconds(10);

    private const int Slots = 256, Mask = Slots - 1, Shift = 8;

    private readonly TimeProvider _time;
    private readonly Action<Exception> _failed;
    private readonly long _start;
    private readonly long _perSlot;
    private readonly LoopTimer?[] _first = new LoopTimer?[2 * Slots];
    private readonly ulong[] _used = new ulong[2 * Slots / 64];
    private long _tick; // all timers due up to this tick have fired

    /// <summary>Creates a wheel without timers.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Receives exceptions of callbacks; the other timers fire all the same.</param>
    public TimerWheel(TimeProvider time, Action<Exception> failed)
    {
        (_time, _failed) = (time, failed);
        _start = time.GetTimestamp();
        _perSlot = Math.Max(1, time.TimestampFrequency / 100);
    }

    /// <summary>Number of timers that are set.</summary>
    public int Count { get; private set; }

    /// <summary>Sets <paramref name="timer"/> anew.</summary>
    /// <param name="timer">The timer; its previous time is forgotten.</param>
    /// <param name="after">Time from now; zero or negative: due at the next advance.</param>
    public void Set(LoopTimer timer, TimeSpan after)
    {
        var now = _time.GetTimestamp() - _start;
        var due = now + (long)(Math.Max(0, after.TotalSeconds) * _time.TimestampFrequency);
        var tick = Math.Max(_tick + 1, (due + _perSlot - 1) / _perSlot);
        if (timer.IsSet && tick >= timer.DueTick)
        {
            timer.DueTick = tick; // moves when its slot is reached: most timers are set anew before that
            return;
        }

        Cancel(timer);
        timer.DueTick = tick;
        Insert(timer);
        Count++;
    }

    /// <summary>Cancels <paramref name="timer"/>; nothing happens if the timer is not set.</summary>
    public void Cancel(LoopTimer timer)
    {
        if (timer.IsSet)
        {
            Remove(timer);
            Count--;
        }
    }

    /// <summary>Fires what is due. Callbacks may set and cancel timers.</summary>
    public void Advance()
    {
        var now = (_time.GetTimestamp() - _start) / _perSlot;
        if (Count == 0)
        {
            _tick = Math.Max(_tick, now);
            return;
        }

        while (_tick < now)
        {
            // Empty slots are passed in one step, up to the next slot in use or the next turn of the near wheel.
            _tick = Math.Min(now, NextStop());
            if ((_tick & Mask) == 0)
            {
                MoveNear();
            }

            Fire((int)(_tick & Mask));
        }
    }

    /// <summary>Time until <see cref="Advance"/> has something to do; null without timers.</summary>
    public TimeSpan? Next()
    {
        if (Count == 0)
        {
            return null;
        }

        var ticks = (NextStop() * _perSlot) - (_time.GetTimestamp() - _start);
        return TimeSpan.FromSeconds(Math.Max(0, ticks) / (double)_time.TimestampFrequency);
    }

    /// <summary>Removes all timers and returns one after the other.</summary>
    public LoopTimer? TakeAny()
    {
        for (var slot = 0; slot < _first.Length; slot++)
        {
            if (_first[slot] is { } timer)
            {
                Cancel(timer);
                return timer;
            }
        }

        return null;
    }

    private void Fire(int slot)
    {
        // A callback may cancel its neighbors, so the list is taken from its head. What it sets is due later and in another slot.
        while (_first[slot] is { } timer)
        {
            if (timer.DueTick > _tick)
            {
                Remove(timer);
                Insert(timer);
                continue;
            }

            Cancel(timer);
            try
            {
                timer.Run();
            }
            catch (Exception failure)
            {
                _failed(failure);
            }
        }
    }

    private void MoveNear()
    {
        var slot = Slots + (int)((_tick >> Shift) & Mask);
        LoopTimer? moved = null;
        while (_first[slot] is { } timer)
        {
            Remove(timer);
            timer.Next = moved;
            moved = timer;
        }

        while (moved is { } timer)
        {
            moved = timer.Next;
            timer.Next = null;
            Insert(timer);
        }
    }

    // Near: due in the current turn of the near wheel. Everything later is moved near when its turn begins.
    private void Insert(LoopTimer timer)
    {
        var slot = (timer.DueTick >> Shift) == (_tick >> Shift)
            ? (int)(timer.DueTick & Mask)
            : Slots + (int)(Math.Min(timer.DueTick >> Shift, (_tick >> Shift) + Mask) & Mask);
        timer.Slot = slot;
        timer.Previous = null;
        timer.Next = _first[slot];
        if (timer.Next is { } next)
        {
            next.Previous = timer;
        }

        _first[slot] = timer;
        _used[slot >> 6] |= 1UL << (slot & 63);
    }

    private void Remove(LoopTimer timer)
    {
        if (timer.Previous is { } previous)
        {
            previous.Next = timer.Next;
        }
        else
        {
            _first[timer.Slot] = timer.Next;
            if (timer.Next is null)
            {
                _used[timer.Slot >> 6] &= ~(1UL << (timer.Slot & 63));
            }
        }

        if (timer.Next is { } next)
        {
            next.Previous = timer.Previous;
        }

        (timer.Slot, timer.Next, timer.Previous) = (-1, null, null);
    }

    // The next near slot in use, else the tick at which the next far slot in use becomes near, else the next turn.
    private long NextStop()
    {
        var near = FirstUsed(0, (int)(_tick & Mask) + 1, Slots);
        if (near >= 0)
        {
            return (_tick & ~(long)Mask) + near;
        }

        var turn = _tick >> Shift;
        var far = FirstUsed(Slots, (int)(turn & Mask) + 1, Slots);
        if (far >= 0)
        {
            return ((turn & ~(long)Mask) + far) << Shift;
        }

        far = FirstUsed(Slots, 0, (int)(turn & Mask) + 1);
        return far >= 0 ? ((turn & ~(long)Mask) + Slots + far) << Shift : (turn + 1) << Shift;
    }

    private int FirstUsed(int wheel, int from, int to)
    {
        for (var slot = from; slot < to; slot = (slot | 63) + 1)
        {
            var word = _used[(wheel + slot) >> 6] >> (slot & 63);
            if (word != 0)
            {
                slot += BitOperations.TrailingZeroCount(word);
                return slot < to ? slot : -1;
            }
        }

        return -1;
    }
}

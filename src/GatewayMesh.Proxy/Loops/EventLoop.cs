using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Loops;

/// <summary>
/// One thread that serves many connections. A connection and what belongs to it live on one loop, so that no request takes a lock or
/// changes the thread:
/// <code>
/// epoll_wait ─► events of sockets ─► posted work ─► sockets whose turn was used up ─► due timers ─► epoll_wait …
///     └ returns at once while work waits                                    continuations run inline in all of these
/// </code>
/// A continuation must not block. Code that awaited something else comes back with <c>await loop.SwitchTo()</c>.
/// </summary>
internal sealed class EventLoop : IAsyncDisposable
{
    /// <summary>Maximum number of handshake steps in one turn: 16. Each may cost as much as hundreds of requests.</summary>
    public const int HandshakesInOneTurn = 16;

    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private const ulong WakeKey = ulong.MaxValue;

    [ThreadStatic]
    private static EventLoop? CurrentOfThread;

    private readonly Epoll _epoll = new();
    private readonly Wake _wake = new();
    private readonly PostQueue _posts;
    private readonly LoopProgress _progress;
    private readonly SocketTable _sockets = new();
    private readonly Queue<ILoopWork> _ready = new(64);
    private readonly Stack<LoopDelay> _delays = new();
    private readonly TimeProvider _time;
    private readonly Action<Exception> _failed;
    private readonly ITimer? _alarm;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _turns;
    private int _asleep;
    private volatile bool _stopping;
    private int _started;
    private int _arriving;
    private long _handshakeTurn;
    private int _handshakes;

    /// <summary>Creates a loop that is not started.</summary>
    /// <param name="name">Name of the thread.</param>
    /// <param name="time">Clock of the timers. A clock other than the system's wakes the loop by a timer of its own.</param>
    /// <param name="failed">Receives exceptions of posted work and timers, which the loop survives.</param>
    /// <param name="progress">Counters that the guard reads. Default: none.</param>
    public EventLoop(string name, TimeProvider time, Action<Exception> failed, LoopProgress progress = default)
    {
        _progress = progress;
        _posts = new PostQueue(progress);
        _time = time;
        _failed = failed;
        Timers = new TimerWheel(time, failed);
        _epoll.Add(_wake.Number, EpollEvents.Input | EpollEvents.EdgeTriggered, WakeKey);
        _alarm = ReferenceEquals(time, TimeProvider.System)
            ? null
            : time.CreateTimer(static loop => ((EventLoop)loop!).Touch(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    /// <summary>Loop of the current thread, or null.</summary>
    public static EventLoop? Current => CurrentOfThread;

    /// <summary>True once the loop has ended.</summary>
    public bool HasEnded => _ended.Task.IsCompleted;

    /// <summary>True on the loop's thread.</summary>
    public bool IsCurrent => ReferenceEquals(CurrentOfThread, this);

    /// <summary>
    /// Number of turns so far. A loop whose number does not change after <see cref="Touch"/> is stalled or has ended. Any thread may read.
    /// </summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>Timers. Used on the loop's thread only.</summary>
    public TimerWheel Timers { get; }

    /// <summary>Buffers. Used on the loop's thread only.</summary>
    public LoopBuffers Buffers { get; } = new();

    /// <summary>Clock of the timers.</summary>
    public TimeProvider Time => _time;

    /// <summary>Number of open sockets. A snapshot for other threads.</summary>
    public int Sockets => _sockets.Count;

    /// <summary>Number of open sockets, and of accepted ones that are on their way to this loop. A snapshot for other threads.</summary>
    internal int Load => _sockets.Count + Volatile.Read(ref _arriving);

    /// <summary>Listeners of which this loop accepts; null: none.</summary>
    internal LoopListeners? Listeners { get; set; }

    /// <summary>Set of awaited descriptors. Any thread may add and remove listeners.</summary>
    internal Epoll Descriptors => _epoll;

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        Interlocked.Exchange(ref _started, 1);
        _thread.Start();
    }

    /// <summary>Lets the loop make a turn. Any thread may call.</summary>
    public void Touch() => Post(static _ => { }, null);

    /// <summary>
    /// Runs <paramref name="action"/> on the loop. Any thread may call. After the loop has ended, the thread pool runs the action.
    /// </summary>
    public void Post(Action<object?> action, object? state)
    {
        if (!_posts.TryAdd(new PostedWork(action, state)))
        {
            ThreadPool.UnsafeQueueUserWorkItem(static work => work.Action(work.State), new PostedWork(action, state), preferLocal: false);
            return;
        }

        // The loop looks at its queue after it has said that it sleeps, so either this thread or the loop sees the other.
        if (!IsCurrent && Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            _wake.Signal();
        }
    }

    /// <summary>Runs <paramref name="action"/> on the loop.</summary>
    public void Post(Action action) => Post(static posted => ((Action)posted!)(), action);

    /// <summary>Returns an awaitable that continues on the loop's thread, at once when already there.</summary>
    public LoopSwitch SwitchTo() => new(this);

    /// <summary>Returns an awaitable that continues after what is already waiting, at the latest in the next turn.</summary>
    public LoopSwitch NextTurn() => new(this, isAlways: true);

    /// <summary>Counts a step of a handshake; false if this turn has had 16, and the others wait for the next turn.</summary>
    public bool TryTakeHandshake()
    {
        if (_handshakeTurn != _turns)
        {
            (_handshakeTurn, _handshakes) = (_turns, 0);
        }

        return ++_handshakes <= HandshakesInOneTurn;
    }

    /// <summary>Waits on the timer wheel. Called on the loop's thread, and continues there.</summary>
    /// <param name="span">Time to wait.</param>
    /// <param name="cancellation">Cancels the wait. Default: never.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled, or the loop has ended.</exception>
    public ValueTask Delay(TimeSpan span, CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellation);
        }

        return (_delays.TryPop(out var delay) ? delay : new LoopDelay(this)).Start(span, cancellation);
    }

    /// <summary>Continues <paramref name="work"/> at the next turn, after what is already waiting. Called on the loop's thread.</summary>
    public void Enqueue(ILoopWork work) => _ready.Enqueue(work);

    /// <summary>
    /// Ends the loop: pending operations fail, all sockets are reset, and the thread has ended when the task completes. Not awaited on the
    /// loop's own thread.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _started, 2) == 1)
        {
            _stopping = true;
            _wake.Signal();
            await _ended.Task.ConfigureAwait(false);
            _thread.Join();
        }

        if (_alarm is not null)
        {
            await _alarm.DisposeAsync().ConfigureAwait(false);
        }

        _posts.Close();
        RunPosted();
        _epoll.Dispose();
        _wake.Dispose();
    }

    /// <summary>Adds a connected or connecting socket and returns its key.</summary>
    internal ulong Add(LoopSocket socket, int fd)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        var key = _sockets.Add(socket);
        try
        {
            _epoll.Add(
                fd, EpollEvents.Input | EpollEvents.Output | EpollEvents.PeerEnded | EpollEvents.EdgeTriggered, key);
            return key;
        }
        catch
        {
            _sockets.Remove(key);
            throw;
        }
    }

    /// <summary>Removes a socket. Events that were already returned for it are dropped.</summary>
    internal void Remove(ulong key) => _sockets.Remove(key);

    /// <summary>Counts a socket that is handed to this loop (1), or has arrived (-1).</summary>
    internal void CountArriving(int change) => Interlocked.Add(ref _arriving, change);

    /// <summary>Keeps a finished wait for the next one.</summary>
    internal void Return(LoopDelay delay)
    {
        if (IsCurrent && _delays.Count < 1024)
        {
            _delays.Push(delay);
        }
    }

    private void Run()
    {
        CurrentOfThread = this;
        try
        {
            while (!_stopping)
            {
                Turn();
            }

            End();
        }
        catch (Exception failure)
        {
            // Only the kernel's refusal of epoll_wait leads here: the loop is dead, and its counter shows that.
            _failed(failure);
        }
        finally
        {
            CurrentOfThread = null;
            _ended.TrySetResult();
        }
    }

    private void Turn()
    {
        var timeout = 0;
        if (_ready.Count == 0)
        {
            Interlocked.Exchange(ref _asleep, 1);
            timeout = _posts.IsEmpty && !_stopping ? Patience() : 0;
        }

        var count = _epoll.Wait(timeout);
        Volatile.Write(ref _asleep, 0);
        Volatile.Write(ref _turns, _turns + 1);
        _progress.Turned(_turns);
        for (var i = 0; i < count; i++)
        {
            var key = _epoll.KeyOf(i);
            if (key < SocketTable.FirstOtherKey)
            {
                _sockets.Find(key)?.OnEvents(_epoll.EventsOf(i));
            }
            else if (key != WakeKey)
            {
                Listeners?.Accept(this, key);
            }
        }

        if (!_posts.IsEmpty)
        {
            RunPosted();
        }

        ResumeReady();
        Timers.Advance();
    }

    private void RunPosted()
    {
        foreach (ref var work in _posts.Take())
        {
            var (action, state) = work;
            work = default;
            try
            {
                action(state);
            }
            catch (Exception failure)
            {
                _failed(failure);
            }
        }
    }

    // What enqueues itself again has its next turn after the others' events.
    private void ResumeReady()
    {
        for (var waiting = _ready.Count; waiting > 0; waiting--)
        {
            _ready.Dequeue().Resume();
        }
    }

    // Milliseconds until the next timer, rounded up: a timer is never early.
    private int Patience()
    {
        var next = Timers.Next();
        if (_alarm is null)
        {
            return next is { } span ? (int)Math.Min(int.MaxValue, Math.Ceiling(span.TotalMilliseconds)) : -1;
        }

        while (true)
        {
            if (next is { } soon && soon <= TimeSpan.Zero)
            {
                return 0;
            }

            _alarm.Change(next ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (next - Timers.Next() is not { } passed || passed < OneMillisecond)
            {
                return -1;
            }

            next = Timers.Next(); // the clock was moved between the look and the alarm
        }
    }

    // Operations fail, and what their continuations leave behind is ended as well. A continuation that never stops is left alone.
    private void End()
    {
        for (var round = 0; round < 16; round++)
        {
            while (_sockets.Any() is { } socket)
            {
                socket.Abort();
            }

            while (Timers.TakeAny() is { } timer)
            {
                (timer.State as LoopDelay)?.Stop();
            }

            ResumeReady();
            RunPosted();
        }
    }
}

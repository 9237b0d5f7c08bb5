namespace GatewayMesh.Linux;

/// <summary>A thread that runs one action at a time, and ends after ten seconds without any.</summary>
internal sealed class ReusableThread
{
    // A guard reads too and has little memory.
    private const int Stack = 256 * 1024;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private Action? _work;
    private bool _hasEnded;

    /// <summary>Starts the thread with its first action.</summary>
    /// <param name="first">The action; throws nothing.</param>
    public ReusableThread(Action first)
    {
        _work = first;
        new Thread(Run, Stack) { IsBackground = true, Name = "timed read" }.Start();
    }

    /// <summary>Gives the thread its next action, once the previous one has ended; false if the thread has ended.</summary>
    public bool TryRun(Action work)
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return false;
            }

            _work = work;
            Monitor.Pulse(_gate);
            return true;
        }
    }

    private void Run()
    {
        while (Next() is { } work)
        {
            work();
        }
    }

    // Null at the end.
    private Action? Next()
    {
        lock (_gate)
        {
            while (_work is null)
            {
                if (!Monitor.Wait(_gate, Rest) && _work is null)
                {
                    _hasEnded = true;
                    return null;
                }
            }

            var work = _work;
            _work = null;
            return work;
        }
    }
}

namespace GatewayMesh.Registry;

/// <summary>
/// One thread on which a process parses and compiles external data. Pool threads serve requests and are never blocked by a large or
/// hostile document. Work runs in order of arrival.
/// </summary>
internal sealed class ParsingThread : IDisposable
{
    // A monitor, because the waits of BlockingCollection spin first: noticeable in a process that is idle.
    private readonly Queue<Action> _work = [];
    private readonly Thread _thread;
    private bool _hasEnded;

    /// <summary>Starts the thread, named <paramref name="name"/>.</summary>
    public ParsingThread(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>True on the thread itself.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Runs <paramref name="work"/> on the thread. The code after the await runs on the pool again.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Do()
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        }

        lock (_work)
        {
            if (_hasEnded)
            {
                done.SetCanceled();
            }
            else
            {
                _work.Enqueue(Do);
                Monitor.Pulse(_work);
            }
        }

        return done.Task;
    }

    /// <summary>Runs <paramref name="work"/> on the thread.</summary>
    public Task RunAsync(Action work) => RunAsync(() =>
    {
        work();
        return true;
    });

    /// <summary>Ends the thread after the queued work.</summary>
    public void Dispose()
    {
        lock (_work)
        {
            _hasEnded = true;
            Monitor.Pulse(_work);
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
        lock (_work)
        {
            while (_work.Count == 0 && !_hasEnded)
            {
                _ = Monitor.Wait(_work);
            }

            return _work.TryDequeue(out var work) ? work : null;
        }
    }
}

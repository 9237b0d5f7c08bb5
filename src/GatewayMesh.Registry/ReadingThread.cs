using System.Collections.Concurrent;

namespace GatewayMesh.Registry;

/// <summary>
/// One thread on which a process parses and compiles external data. Pool threads serve requests and are never blocked by a large or
/// hostile document. Work runs in order of arrival.
/// </summary>
internal sealed class ReadingThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <summary>Starts the thread, named <paramref name="name"/>.</summary>
    public ReadingThread(string name)
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

        try
        {
            _work.Add(Do);
        }
        catch (Exception ended) when (ended is InvalidOperationException or ObjectDisposedException)
        {
            done.SetCanceled();
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
    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }

        _work.Dispose();
    }
}

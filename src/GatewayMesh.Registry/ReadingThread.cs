using System.Collections.Concurrent;

namespace GatewayMesh.Registry;

/// <summary>
/// One thread on which a process parses and compiles what others wrote. Requests are served by the threads of the pool, and none of those is ever held by a
/// large or hostile document. Work is done in the order in which it came.
/// </summary>
internal sealed class ReadingThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <summary>Begins; <paramref name="name"/> is the thread's.</summary>
    public ReadingThread(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>True on the thread itself.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Does <paramref name="work"/> on the thread. What follows the await runs on the pool again.</summary>
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

    /// <summary>Does <paramref name="work"/> on the thread.</summary>
    public Task RunAsync(Action work) => RunAsync(() =>
    {
        work();
        return true;
    });

    /// <summary>Ends the thread when what it was given is done.</summary>
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

using System.Collections.Concurrent;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Routing;

/// <summary>
/// Requests to services whose instances the registry does not look at: asks for them, and lets the first requests wait for the answer, each
/// for 1 s at most. When no answer came in that time the later ones do not wait until there is one.
/// </summary>
/// <param name="want">Tells the registry; quick.</param>
/// <param name="mesh">The mesh of the moment.</param>
/// <param name="time">Clock of the waits.</param>
internal sealed class ServiceDemand(Action<string> want, Func<LiveMesh> mesh, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _silent = new(StringComparer.Ordinal);

    /// <summary>The mesh of the moment.</summary>
    public LiveMesh Mesh => mesh();

    /// <summary>Asks for <paramref name="service"/>; completes when its instances are in use, or the wait is over.</summary>
    public Task WaitAsync(string service)
    {
        if (_silent.ContainsKey(service))
        {
            want(service);
            return Task.CompletedTask;
        }

        var answer = _awaited.GetOrAdd(service, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        want(service);

        // It may have come between the look at the mesh that this request began with and now.
        Applied(mesh().Endpoints);
        return answer.Task.IsCompleted ? Task.CompletedTask : WaitAsync(service, answer);
    }

    /// <summary>Another mesh is in use.</summary>
    public void Applied(EndpointTable endpoints)
    {
        foreach (var (service, answer) in _awaited)
        {
            if (endpoints.Find(service) is not { IsDormant: true })
            {
                _ = _awaited.TryRemove(service, out _);
                _ = _silent.TryRemove(service, out _);
                _ = answer.TrySetResult();
            }
        }
    }

    private async Task WaitAsync(string service, TaskCompletionSource answer)
    {
        await answer.Task.WaitAsync(Longest, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!answer.Task.IsCompleted)
        {
            _silent[service] = true;
            Applied(mesh().Endpoints);
        }
    }
}

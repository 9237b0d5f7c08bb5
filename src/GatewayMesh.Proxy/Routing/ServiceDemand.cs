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

    private readonly ConcurrentDictionary<(string Service, string? Target), Awaited> _awaited = [];
    private readonly ConcurrentDictionary<(string Service, string? Target), bool> _silent = [];

    /// <summary>The mesh of the moment.</summary>
    public LiveMesh Mesh => mesh();

    /// <summary>Asks for the instances of <paramref name="set"/>; completes when those of now are in use, or the wait is over.</summary>
    /// <param name="set">The instances.</param>
    /// <param name="asked">The service whose way leads there: the registry looks at the targets of those that are wanted. Empty: that of the set.</param>
    public Task WaitAsync(EndpointSet set, string asked = "")
    {
        if (asked.Length > 0 && !asked.Equals(set.Service, StringComparison.OrdinalIgnoreCase))
        {
            want(asked);
        }

        var key = (set.Service, set.Target);
        if (_silent.ContainsKey(key))
        {
            want(set.Service);
            return Task.CompletedTask;
        }

        var answer = _awaited.GetOrAdd(key, static (_, set) => new Awaited(set, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)), set);
        want(set.Service);

        // It may have come between the look at the mesh that this request began with and now.
        Applied(mesh().Endpoints);
        return answer.Answer.Task.IsCompleted ? Task.CompletedTask : WaitAsync(answer);
    }

    /// <summary>Another mesh is in use.</summary>
    public void Applied(EndpointTable endpoints)
    {
        foreach (var (key, awaited) in _awaited)
        {
            if (endpoints.FindSame(awaited.Set) is not { IsDormant: true })
            {
                _ = _awaited.TryRemove(key, out _);
                _ = _silent.TryRemove(key, out _);
                _ = awaited.Answer.TrySetResult();
            }
        }
    }

    private async Task WaitAsync(Awaited awaited)
    {
        await awaited.Answer.Task.WaitAsync(Longest, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!awaited.Answer.Task.IsCompleted)
        {
            _silent[(awaited.Set.Service, awaited.Set.Target)] = true;
            Applied(mesh().Endpoints);
        }
    }

    private sealed record Awaited(EndpointSet Set, TaskCompletionSource Answer);
}

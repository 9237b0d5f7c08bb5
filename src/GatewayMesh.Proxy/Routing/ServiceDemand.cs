using System.Collections.Concurrent;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Routing;

/// <summary>
/// Handles requests to services whose instances the registry does not watch: asks for the instances and lets the first requests wait for
/// the result, each for at most 1 s. If no result arrives in that time, later requests do not wait until there is one.
/// </summary>
/// <param name="want">Asks the registry for a service; must return quickly.</param>
/// <param name="mesh">Returns the current mesh.</param>
/// <param name="time">Clock of the waits.</param>
internal sealed class ServiceDemand(Action<string> want, Func<LiveMesh> mesh, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Service, string? Target), Awaited> _awaited = [];
    private readonly ConcurrentDictionary<(string Service, string? Target), bool> _silent = [];

    /// <summary>Current mesh.</summary>
    public LiveMesh Mesh => mesh();

    /// <summary>
    /// Asks for the instances of <paramref name="set"/>; completes when current instances are in use, or the wait is over.
    /// </summary>
    /// <param name="set">Set of the instances.</param>
    /// <param name="asked">Service whose route leads there, because the registry watches the targets of wanted services. Empty: the service
    /// of the set.</param>
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

        var answer = _awaited.GetOrAdd(
            key, static (_, set) => new Awaited(set, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)), set);
        want(set.Service);

        // The result may have arrived after this request read its mesh.
        Applied(mesh().Endpoints);
        return answer.Answer.Task.IsCompleted ? Task.CompletedTask : WaitAsync(answer);
    }

    /// <summary>Records that another mesh is in use.</summary>
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

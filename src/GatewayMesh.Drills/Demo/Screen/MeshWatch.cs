using GatewayMesh.Admin.Documents;
using GatewayMesh.Terminal.Calls;

namespace GatewayMesh.Drills.Demo.Screen;

/// <summary>Polls the status of every demo node twice a second and reports changes.</summary>
internal sealed class MeshWatch(DemoPlan plan, Action<DemoEvent> tell)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(800);
    private const int MissesThatCount = 2;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _misses = [];
    private readonly Dictionary<string, NodeStatus?> _states = [];
    private readonly HashSet<string> _served = [];

    /// <summary>Last status of each node; null: the node did not answer.</summary>
    public NodeStatus? this[string node]
    {
        get
        {
            lock (_lock)
            {
                return _states.GetValueOrDefault(node);
            }
        }
    }

    /// <summary>True if all nodes answer and are synced, and every sidecar serves its own traffic.</summary>
    public bool IsReady =>
        plan.Nodes.All(
            node => this[node.Name] is { Registry.Synced: true } status
                && (status.Lease is null || (status.IsLeased && status.Tier == "sidecar")));

    /// <summary>
    /// True if every node knows a healthy instance of every service on every host. With a registry folder, nodes discover each other
    /// after they are ready, and an earlier request has no endpoint.
    /// </summary>
    public bool KnowsInstances() => plan.Nodes.All(node =>
    {
        var answer = AdminCall.Send(node.Admin, "GET", "/endpoints", null, Timeout);
        return answer.IsWell && Instances(answer.Body) >= DemoPlan.Services.Length * plan.Hosts.Length;
    });

    /// <summary>Number of healthy instances in a response of <c>/endpoints</c>, counted once for each service and node.</summary>
    internal static int Instances(string json) => (DocumentReader.Read(json, AdminJson.Default.EndpointStatusArray) ?? [])
        .Where(endpoint => endpoint.Healthy && endpoint.Ejected != true)
        .Select(endpoint => (endpoint.Service, endpoint.Node))
        .Distinct()
        .Count();

    /// <summary>Watches until cancelled.</summary>
    public void Follow(CancellationToken cancellation)
    {
        do
        {
            Look();
        }
        while (!cancellation.WaitHandle.WaitOne(Every));
    }

    /// <summary>Polls every node once.</summary>
    public void Look()
    {
        foreach (var node in plan.Nodes)
        {
            var answer = AdminCall.Send(node.Admin, "GET", "/status", null, Timeout);
            var status = answer.NodeStatus;
            NodeStatus? before;
            bool isFirst;
            bool hasServed;
            lock (_lock)
            {
                isFirst = !_states.TryGetValue(node.Name, out before);
                _misses[node.Name] = status is null ? _misses.GetValueOrDefault(node.Name) + 1 : 0;
                if (status is null && before is not null && _misses[node.Name] < MissesThatCount)
                {
                    continue; // A single late response on a busy machine is not worth an event.
                }

                _states[node.Name] = status;
                hasServed = _served.Contains(node.Name);
                if (status?.Tier == "sidecar")
                {
                    _served.Add(node.Name);
                }
            }

            if (!isFirst && Change(before, status, hasServed) is { } change)
            {
                tell(new DemoEvent(node.Name, change));
            }
        }
    }

    /// <summary>Describes the change between two statuses; null when there is nothing to report.</summary>
    /// <param name="before">Previous status.</param>
    /// <param name="now">Current status.</param>
    /// <param name="hasServed">True if a worker of the node has served before.</param>
    internal static string? Change(NodeStatus? before, NodeStatus? now, bool hasServed = true) => (before, now) switch
    {
        (null, null) => null,
        (_, null) => "is not responding",
        (null, _) => "answers",
        _ when before.Lease is null || now.Lease is null => null,
        _ when before.Lease is { } old && now.Lease is { } lease && lease.Kills > old.Kills => "the guard killed the hung worker",
        _ when before.Tier != now.Tier && now.Tier == "gateway" => "no worker able to serve: the guard carries traffic to a gateway",
        _ when before.Tier != now.Tier && now.Tier == "sidecar" => hasServed ? "the worker serves again" : null,
        _ when before.Tier != now.Tier && now.Tier == "none" => "traffic is not carried",
        _ when before.WorkerPid != now.WorkerPid && now.WorkerPid is { } pid => $"new worker, pid {pid}",
        _ => null,
    };
}

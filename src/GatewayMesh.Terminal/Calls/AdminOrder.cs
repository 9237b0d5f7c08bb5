using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Terminal.Calls;

/// <summary>A long-running order to a process: sent once, then followed through the process's status.</summary>
public sealed class AdminOrder(HostPort admin, TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(200);
    private string _said = "";

    /// <summary>Sends the order and returns the status before it.</summary>
    public NodeStatus Give(string path, string body)
    {
        var first = AdminCall.Send(admin, "GET", "/status", null, CallTimeout);
        var before = first.NodeStatus
            ?? throw new CommandFailure(ExitCode.Failed, $"no status from {admin}: {first.Problem}; {first.Fix}");
        var answer = AdminCall.Send(admin, "POST", path, body, CallTimeout);
        return answer.IsWell
            ? before
            : throw new CommandFailure(
                ExitCode.Failed, $"{before.Node} refused {path}: {answer.Failure ?? $"{answer.Status} {answer.BodyLine}"}");
    }

    /// <summary>Prints each state change until <paramref name="done"/>. False when <paramref name="limit"/> has passed.</summary>
    public bool Follow(TimeSpan limit, Predicate<NodeStatus> done, bool goneIsDone) => Waiting.Until(
        () =>
        {
            if (Read() is not { } status)
            {
                return goneIsDone;
            }

            Print(status);
            return done(status);
        },
        Every,
        limit,
        time,
        CancellationToken.None);

    private NodeStatus? Read() => AdminCall.Send(admin, "GET", "/status", null, CallTimeout).NodeStatus;

    private void Print(NodeStatus status)
    {
        var line = $"  {status.Lease?.State ?? "running"}, tier {status.Tier}{UnderWay(status)}";
        if (line != _said)
        {
            output.WriteLine(_said = line);
        }
    }

    // While the worker serves, the number changes with every poll and means nothing.
    private static string UnderWay(NodeStatus status) =>
        status is { Lease.State: not "leased", Worker: { } worker } ? $", {worker.Inflight} requests in flight" : "";
}

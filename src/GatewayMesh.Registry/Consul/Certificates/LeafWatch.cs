using System.Text.Json;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Watching;

namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>
/// Follows the leaf of one service and stores the leaf in the node's folder. Two agents issue two different leaves, so the watch stays
/// with the agent that issued the current leaf while that agent lives. An agent renews a leaf only while a query waits for that leaf, so
/// a query is always waiting.
/// </summary>
internal sealed class LeafWatch(string service, CertificateFolder folder, CertificateTroubles troubles, WatchContext context)
{
    /// <summary>
    /// Delay before a leaf of a new authority replaces a leaf that is still valid: 10 s, enough for every node to learn of the new root.
    /// The old root stays trusted for longer (<see cref="TrustedRoots.Grace"/>).
    /// </summary>
    public static TimeSpan Settle { get; } = TimeSpan.FromSeconds(10);

    private readonly string _path = $"/v1/agent/connect/ca/leaf/{Uri.EscapeDataString(service)}";
    private readonly BlockingQuery _query = new(
        $"/v1/agent/connect/ca/leaf/{Uri.EscapeDataString(service)}", context.Times, context.Jitter);
    private string? _put;
    private DateTimeOffset? _due;
    private int _agent;
    private int _errors;

    /// <summary>Follows the leaf until cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var agent = context.Agents.All[_agent];
            try
            {
                await AskAsync(agent, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (
                failure is IOException
                    or JsonException
                    or InvalidOperationException
                    or KeyNotFoundException
                    or FormatException
                    or CertificateException)
            {
                _query.Reset();
                troubles.Report(service, Describe(failure));
                MoveOn(agent);
                await Task.Delay(
                    context.Pause(++_errors), context.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task AskAsync(ConsulAgent agent, CancellationToken cancellation)
    {
        if (_due <= context.Time.GetUtcNow())
        {
            // A query lost on the network would otherwise wait forever.
            _query.Reset();
            _due = null;
        }

        var (path, patience) = _query.Ask(agent);
        var answer = await agent.GetAsync(path, patience, cancellation).ConfigureAwait(false);
        if (!answer.IsOk)
        {
            throw new IOException(answer.Status == 403
                ? $"{_path}: {answer.Describe()}; grant the token service \"{service}\" with policy write"
                : $"{_path}: {answer.Describe()}");
        }

        var leaf = AuthorityReader.Leaf(answer.Body);
        if (Replaced(leaf) is { } old)
        {
            var left = Math.Clamp((old.NotAfter - context.Time.GetUtcNow()).Ticks, 0, Settle.Ticks);
            await Task.Delay(TimeSpan.FromTicks(left), context.Time, cancellation).ConfigureAwait(false);
        }

        Put(leaf);
        _ = _query.Take(answer);
        _errors = 0;
        troubles.Report(service, null);
        if (answer.Index is null or 0)
        {
            await Task.Delay(context.Jitter.Around(context.Times.AgentLiveness, 0.2), context.Time, cancellation).ConfigureAwait(false);
        }
    }

    private void Put(ConsulLeaf leaf)
    {
        var now = context.Time.GetUtcNow();
        if (leaf.ValidBefore <= now)
        {
            throw new IOException($"{_path}: the agent returned a leaf that expired at {leaf.ValidBefore:u}; "
                + "check the clocks of the agent and of this host");
        }

        if (leaf.Pem != _put)
        {
            folder.Put(service, leaf.Pem);
            (_put, _due) = (leaf.Pem, null);
        }

        _due ??= Renewal.NextLook(leaf.ValidAfter, leaf.ValidBefore, now, context.Jitter);
    }

    // The leaf in use, if the new leaf comes from another authority; else null.
    private LeafCertificate? Replaced(ConsulLeaf leaf) =>
        leaf.Pem != _put
            && folder.Leaf(service) is { } old
            && LeafCertificate.FromPem(service, leaf.Pem).Certificate.Issuer != old.Certificate.Issuer
            ? old
            : null;

    // A node without a leaf has nothing to lose. A node with a leaf waits for its agent as long as registrations do.
    private void MoveOn(ConsulAgent agent)
    {
        if (agent.GoneFor >= ConsulAgents.HomeGone || folder.Leaf(service) is null)
        {
            _agent = (_agent + 1) % context.Agents.All.Length;
        }
    }

    private string Describe(Exception failure) => failure switch
    {
        IOException => failure.Message,
        CertificateException => $"{_path}: {failure.Message}",

        // The exception's text may quote the answer, which holds a key.
        _ => $"{_path}: the answer is not a valid Consul answer",
    };
}

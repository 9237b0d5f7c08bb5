using System.Collections.Immutable;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>
/// Adds a node's registrations to one agent and removes them. Leaves everything else alone: an id that belongs to another node, a
/// registration made by hand, and a maintenance mode that an operator enabled.
/// </summary>
internal sealed class ServiceAssertion(ConsulAgent agent, string node, string role)
{
    /// <summary>The reason text that distinguishes this node's maintenance mode from an operator's.</summary>
    public const string DrainReason = "drained by gatewaymesh";

    /// <summary>The agent.</summary>
    public ConsulAgent Agent => agent;

    /// <summary>Registers <paramref name="services"/> with their checks and removes leftovers under this node's name.</summary>
    /// <exception cref="IOException">The agent does not answer, or refused some registrations; all others are registered.</exception>
    public async Task AssertAsync(ImmutableArray<AgentService> services, Func<AgentService, bool> isReady, CancellationToken cancellation)
    {
        var errors = new List<string>();
        foreach (var service in services)
        {
            if (await RefusalAsync(service, cancellation).ConfigureAwait(false) is { } refusal)
            {
                errors.Add(refusal);
                continue;
            }

            await RegisterAsync(service, isReady(service), errors, cancellation).ConfigureAwait(false);
            await DropOtherChecksAsync(service, cancellation).ConfigureAwait(false);
        }

        await DropOtherServicesAsync(services, cancellation).ConfigureAwait(false);
        if (errors.Count > 0)
        {
            throw new IOException(string.Join("; ", errors));
        }
    }

    /// <summary>Repeats unchanged registrations. Has no effect where nothing was lost.</summary>
    /// <exception cref="IOException">Same as <see cref="AssertAsync"/>.</exception>
    public async Task AssertAgainAsync(
        ImmutableArray<AgentService> services, Func<AgentService, bool> isReady, CancellationToken cancellation)
    {
        var errors = new List<string>();
        foreach (var service in services)
        {
            await RegisterAsync(service, isReady(service), errors, cancellation).ConfigureAwait(false);
        }

        if (errors.Count > 0)
        {
            throw new IOException(string.Join("; ", errors));
        }
    }

    /// <summary>True if the agent still has the registration.</summary>
    /// <exception cref="IOException">The agent does not answer.</exception>
    public async Task<bool> HasAsync(AgentService service, CancellationToken cancellation)
    {
        if (service.IsForeign)
        {
            return AgentState.Ids(await ChecksOfAsync(service.Id, cancellation).ConfigureAwait(false)).Contains(service.Checks[0].Id);
        }

        var answer = await agent.GetAsync(
            $"/v1/agent/service/{Escaped(service.Id)}", ConsulAgent.Patience, cancellation).ConfigureAwait(false);
        return answer.Status != 404;
    }

    /// <summary>
    /// Removes the registrations made by <see cref="AssertAsync"/>. A registration of the user goes into maintenance, so that it gets no
    /// calls.
    /// </summary>
    /// <exception cref="IOException">The agent does not answer, or refused.</exception>
    public async Task WithdrawAsync(ImmutableArray<AgentService> services, CancellationToken cancellation)
    {
        // Sidecars before instances, because callers look for sidecars.
        foreach (var service in services.Reverse())
        {
            if (service.IsForeign)
            {
                var reason = Uri.EscapeDataString(DrainReason);
                var answer = await agent.PutAsync(
                    $"/v1/agent/service/maintenance/{Escaped(service.Id)}?enable=true&reason={reason}",
                    default,
                    cancellation).ConfigureAwait(false);
                if (answer.Status != 404)
                {
                    _ = answer.OrThrow();
                    await DeregisterCheckAsync(service.Checks[0].Id, cancellation).ConfigureAwait(false);
                }
            }
            else
            {
                await DeregisterAsync(service.Id, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task RegisterAsync(AgentService service, bool isReady, List<string> errors, CancellationToken cancellation)
    {
        var answer = service.IsForeign
            ? await agent.PutAsync(
                "/v1/agent/check/register",
                AgentServiceJson.Write(service.Checks[0], service.Id, isReady),
                cancellation).ConfigureAwait(false)
            : await agent.PutAsync(
                "/v1/agent/service/register", AgentServiceJson.Write(service, isReady), cancellation).ConfigureAwait(false);
        if (!answer.IsOk)
        {
            errors.Add($"{service.Id}: {answer.Describe()}");
        }
    }

    // The reason why this node must not write an id, or null.
    private async Task<string?> RefusalAsync(AgentService service, CancellationToken cancellation)
    {
        if (service.IsForeign)
        {
            return null;
        }

        var answer = await agent.GetAsync(
            $"/v1/agent/service/{Escaped(service.Id)}", ConsulAgent.Patience, cancellation).ConfigureAwait(false);
        if (!answer.IsOk)
        {
            // Not registered, or not readable: registering will show which.
            return null;
        }

        return AgentState.OwnerOf(answer) switch
        {
            null => $"{service.Id} is already registered at {agent.Name}, but not by this mesh; "
                + "front it with --sidecar-for, or give this instance another id",
            var owner when owner != node && await IsPassingAsync(service.Id, cancellation).ConfigureAwait(false) =>
                $"{service.Id} is registered at {agent.Name} by node {owner}, which is alive; give each instance its own id",
            _ => null,
        };
    }

    private async Task<bool> IsPassingAsync(string id, CancellationToken cancellation) =>
        (await agent.GetAsync($"/v1/agent/health/service/id/{Escaped(id)}", ConsulAgent.Patience, cancellation).ConfigureAwait(false)).IsOk;

    // The flag replace-existing-checks would also end an operator's maintenance mode.
    private async Task DropOtherChecksAsync(AgentService service, CancellationToken cancellation)
    {
        var answer = await ChecksOfAsync(service.Id, cancellation).ConfigureAwait(false);
        var maintenance = $"_service_maintenance:{service.Id}";
        if (service.IsForeign)
        {
            if (AgentState.NotesOf(answer, maintenance) == DrainReason)
            {
                _ = (
                    await agent.PutAsync($"/v1/agent/service/maintenance/{Escaped(service.Id)}?enable=false", default, cancellation)
                        .ConfigureAwait(false))
                        .OrThrow();
            }

            return;
        }

        foreach (var other in AgentState.Ids(answer).Where(id => id != maintenance && !service.Checks.Any(check => check.Id == id)))
        {
            await DeregisterCheckAsync(other, cancellation).ConfigureAwait(false);
        }
    }

    private async Task DropOtherServicesAsync(ImmutableArray<AgentService> services, CancellationToken cancellation)
    {
        var filter = Uri.EscapeDataString($"Meta[\"{MetaKeys.Node}\"] == \"{node}\" and Meta[\"{MetaKeys.Role}\"] == \"{role}\"");
        var answer = (
            await agent.GetAsync($"/v1/agent/services?filter={filter}", ConsulAgent.Patience, cancellation)
                .ConfigureAwait(false))
                .OrThrow();
        foreach (var id in AgentState.Ids(answer).Where(id => !services.Any(service => service.Id == id)))
        {
            await DeregisterAsync(id, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<ConsulAnswer> ChecksOfAsync(string id, CancellationToken cancellation)
    {
        var filter = Uri.EscapeDataString($"ServiceID == \"{id}\"");
        return (
            await agent.GetAsync($"/v1/agent/checks?filter={filter}", ConsulAgent.Patience, cancellation).ConfigureAwait(false)).OrThrow();
    }

    private async Task DeregisterAsync(string id, CancellationToken cancellation)
    {
        var answer = await agent.PutAsync($"/v1/agent/service/deregister/{Escaped(id)}", default, cancellation).ConfigureAwait(false);

        // With ACLs a missing id is an error, and newer Consul versions answer 404.
        if (!answer.IsOk && answer.Status != 404 && !answer.Describe().Contains("Unknown service", StringComparison.Ordinal))
        {
            throw new IOException(answer.Describe());
        }
    }

    private async Task DeregisterCheckAsync(string id, CancellationToken cancellation)
    {
        var answer = await agent.PutAsync($"/v1/agent/check/deregister/{Escaped(id)}", default, cancellation).ConfigureAwait(false);
        if (!answer.IsOk && answer.Status != 404 && !answer.Describe().Contains("Unknown check", StringComparison.Ordinal))
        {
            throw new IOException(answer.Describe());
        }
    }

    private static string Escaped(string id) => Uri.EscapeDataString(id);
}

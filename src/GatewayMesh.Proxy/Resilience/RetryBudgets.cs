using System.Collections.Concurrent;
using GatewayMesh.Configuration.Policies.Retries;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>The retry budget of the process and one for each service, which outlives reloads.</summary>
internal sealed class RetryBudgets(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, RetryBudget> _services = new(StringComparer.Ordinal);

    /// <summary>Of all services together, on the terms of the policy named <c>*</c>.</summary>
    public RetryBudget Process { get; } = new(time);

    /// <summary>Of one service, on the terms of its policy.</summary>
    public RetryBudget Of(string service, BudgetModel terms)
    {
        if (!_services.TryGetValue(service, out var budget))
        {
            budget = _services.GetOrAdd(service, static (_, state) => new RetryBudget(state.Time, state.Terms.Ratio, state.Terms.MinPerSecond), (Time: time, Terms: terms));
        }

        budget.Declare(terms.Ratio, terms.MinPerSecond);
        return budget;
    }

    /// <summary>The budget of a service that requests went to; null for another.</summary>
    public RetryBudget? Find(string service) => _services.GetValueOrDefault(service);

    /// <summary>Forgets services that the mesh no longer has; requests under way keep what they hold.</summary>
    public void Keep(Func<string, bool> known)
    {
        foreach (var service in _services.Keys.Where(service => !known(service)))
        {
            _services.TryRemove(service, out _);
        }
    }
}

using System.Collections.Concurrent;
using GatewayMesh.Configuration.Policies.Retries;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>Retry budgets of the process and of each service, which outlive reloads.</summary>
internal sealed class RetryBudgets(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, RetryBudget> _services = new(StringComparer.Ordinal);

    /// <summary>Budget of all services together, under the terms of the policy named <c>*</c>.</summary>
    public RetryBudget Process { get; } = new(time);

    /// <summary>Returns the budget of a service under the terms of its policy.</summary>
    public RetryBudget Of(string service, BudgetModel terms)
    {
        if (!_services.TryGetValue(service, out var budget))
        {
            budget = _services.GetOrAdd(
                service,
                static (_, state) => new RetryBudget(state.Time, state.Terms.Ratio, state.Terms.MinPerSecond),
                (Time: time, Terms: terms));
        }

        budget.Declare(terms.Ratio, terms.MinPerSecond);
        return budget;
    }

    /// <summary>Returns the budget of a service that has received requests; otherwise null.</summary>
    public RetryBudget? Find(string service) => _services.GetValueOrDefault(service);

    /// <summary>Forgets services that are no longer in the mesh; running requests keep their budgets.</summary>
    public void Keep(Func<string, bool> known)
    {
        foreach (var service in _services.Keys.Where(service => !known(service)))
        {
            _services.TryRemove(service, out _);
        }
    }
}

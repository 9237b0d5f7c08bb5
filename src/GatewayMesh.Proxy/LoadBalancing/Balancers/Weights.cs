using System.Collections.Immutable;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>The weights of a list of instances. All zero counts as all alike.</summary>
internal sealed class Weights
{
    private readonly double[] _shares;

    public Weights(ImmutableArray<EndpointState> members)
    {
        var weights = members.Select(state => state.Model.Weight).ToArray();
        if (weights.Length > 0 && weights.All(weight => weight == 0))
        {
            Array.Fill(weights, 1);
        }

        var sum = weights.Sum(static weight => (long)weight);
        Values = [.. weights];
        AreEven = weights.Distinct().Count() <= 1;
        _shares = [.. weights.Select(weight => (double)weight / sum)];
    }

    /// <summary>The weights, in the order of the instances.</summary>
    public ImmutableArray<int> Values { get; }

    /// <summary>All are alike, so that nobody need look at them.</summary>
    public bool AreEven { get; }

    /// <summary>The share of all requests that instance <paramref name="index"/> is meant to get, 0 to 1.</summary>
    public double ShareOf(int index) => _shares[index];

    /// <summary>By how much a request at instance <paramref name="index"/> weighs more than at an average one: mean weight ÷ weight.</summary>
    public double LoadOf(int index) => Values[index] == 0 ? double.MaxValue : 1 / (_shares[index] * _shares.Length);
}

using System.Collections.Immutable;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>Weights of a list of instances. If all are zero, they count as equal.</summary>
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

    /// <summary>True if all weights are equal and can be ignored.</summary>
    public bool AreEven { get; }

    /// <summary>Returns the intended share of all requests for instance <paramref name="index"/>, 0 to 1.</summary>
    public double ShareOf(int index) => _shares[index];

    /// <summary>
    /// Returns the load of a request at instance <paramref name="index"/> relative to an average instance: mean weight ÷ weight.
    /// </summary>
    public double LoadOf(int index) => Values[index] == 0 ? double.MaxValue : 1 / (_shares[index] * _shares.Length);
}

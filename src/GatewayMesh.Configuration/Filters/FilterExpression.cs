using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Filters;

/// <summary>
/// A filter in Consul's language (<c>Service.Meta.version == v1 and "blue" in Service.Tags</c>), grammar and meaning those of go-bexpr 0.1, which Consul's agents
/// evaluate. It is applied where the registry is a folder; with Consul the agent applies it.
/// </summary>
public sealed class FilterExpression
{
    private readonly FilterTerm? _term;

    private FilterExpression(FilterTerm? term) => _term = term;

    /// <summary>A filter as a scalar: its text, when it is a good one.</summary>
    public static ScalarType<string> Type { get; } = new("say a filter such as Service.Meta.version == v1", text =>
        TryParse(text, out _, out var error) ? Scalar.Good(text) : Scalar.Bad<string>($"{Quoted.Of(text)} is not a filter ({error})", "write it as Consul does, such as Service.Meta.version == v1 and \"blue\" in Service.Tags"));

    /// <summary>The same, but what Consul alone knows is left to Consul.</summary>
    public static ScalarType<string> TypeOfConsul { get; } = Type with
    {
        Read = text => new FilterParser(text) is var parser && parser.Run() is null && parser.LeavesToConsul ? Scalar.Good(text) : Type.Read(text),
    };

    /// <summary>Reads a filter; the empty text takes all.</summary>
    public static bool TryParse(string text, out FilterExpression filter, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        (filter, error) = (new FilterExpression(null), "");
        if (text.Length == 0)
        {
            return true;
        }

        var parser = new FilterParser(text);
        if (parser.Run() is not { } term)
        {
            error = parser.Error;
            return false;
        }

        filter = new FilterExpression(term);
        return true;
    }

    /// <summary>Whether it takes <paramref name="subject"/>.</summary>
    public bool Takes(FilterSubject subject) => _term is null || _term.Holds(subject);
}

using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Filters;

/// <summary>
/// A filter in Consul's language (<c>Service.Meta.version == v1 and "blue" in Service.Tags</c>), with the grammar and semantics of go-bexpr
/// 0.1, which Consul's agents use. Applied here for a file registry; with Consul the agent applies the filter.
/// </summary>
public sealed class FilterExpression
{
    private readonly FilterTerm? _term;

    private FilterExpression(FilterTerm? term) => _term = term;

    /// <summary>Scalar type of a filter: the text, if valid.</summary>
    public static ScalarType<string> Type { get; } = new("use a filter such as Service.Meta.version == v1", text =>
        TryParse(text, out _, out var error)
            ? Scalar.Good(text)
            : Scalar.Bad<string>(
                $"{Quoted.Of(text)} is not a filter ({error})",
                "use Consul's filter syntax, such as Service.Meta.version == v1 and \"blue\" in Service.Tags"));

    /// <summary>The same, but a selector that only Consul knows is accepted.</summary>
    public static ScalarType<string> TypeOfConsul { get; } = Type with
    {
        Read = text =>
            new FilterParser(text) is var parser && parser.Run() is null && parser.LeavesToConsul ? Scalar.Good(text) : Type.Read(text),
    };

    /// <summary>Parses a filter; the empty text matches every instance.</summary>
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

    /// <summary>True if the filter matches <paramref name="subject"/>.</summary>
    public bool Takes(FilterSubject subject) => _term is null || _term.Holds(subject);
}

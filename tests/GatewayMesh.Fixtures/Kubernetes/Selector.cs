namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Label and field selectors of a list or a watch.</summary>
internal sealed class Selector
{
    private readonly string _space;
    private readonly List<Func<StoredObject, bool>> _conditions = [];

    private Selector(string space) => _space = space;

    public static Selector Of(ApiCall call, ApiKind kind)
    {
        var selector = new Selector(call.Namespace);
        foreach (var term in Terms(call["labelSelector"]))
        {
            selector._conditions.Add(Label(term));
        }

        foreach (var term in Terms(call["fieldSelector"]))
        {
            selector._conditions.Add(Field(term, kind));
        }

        return selector;
    }

    public bool Matches(StoredObject? stored) =>
        stored is not null && (_space.Length == 0 || stored.Namespace == _space) && _conditions.All(holds => holds(stored));

    private static IEnumerable<string> Terms(string? text)
    {
        var (depth, start) = (0, 0);
        for (var at = 0; at <= (text?.Length ?? -1); at++)
        {
            if (at == text!.Length || (text[at] == ',' && depth == 0))
            {
                if (at > start)
                {
                    yield return text[start..at].Trim();
                }

                start = at + 1;
            }
            else
            {
                depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
            }
        }
    }

    private static Func<StoredObject, bool> Label(string term)
    {
        if (term.EndsWith(')') && term.Split(' ', 3) is [var key, var word, var list])
        {
            var values = list.Trim('(', ')').Split(',').Select(value => value.Trim()).ToHashSet();
            return word == "in" ? stored => Has(stored, key, values) : stored => !Has(stored, key, values);
        }

        var (name, value, isEqual) = Split(term);
        return value is null
            ? term.StartsWith('!') ? stored => !stored.Labels.ContainsKey(term[1..]) : stored => stored.Labels.ContainsKey(term)
            : stored => (stored.Labels.GetValueOrDefault(name) == value && stored.Labels.ContainsKey(name)) == isEqual;
    }

    private static bool Has(StoredObject stored, string key, HashSet<string> values) =>
        stored.Labels.TryGetValue(key, out var value) && values.Contains(value);

    private static Func<StoredObject, bool> Field(string term, ApiKind kind)
    {
        var (name, value, isEqual) = Split(term);
        return name switch
        {
            "metadata.name" => stored => (stored.Name == value) == isEqual,
            "metadata.namespace" => stored => (stored.Namespace == value) == isEqual,
            "spec.nodeName" when kind.Plural == "pods" => stored => (stored.NodeName == value) == isEqual,
            _ => throw ApiFailureException.BadRequest($"field label not supported: {name}"),
        };
    }

    private static (string Name, string? Value, bool IsEqual) Split(string term)
    {
        foreach (var (sign, isEqual) in new[] { ("!=", false), ("==", true), ("=", true) })
        {
            if (term.IndexOf(sign, StringComparison.Ordinal) is > 0 and var at)
            {
                return (term[..at].Trim(), term[(at + sign.Length)..].Trim(), isEqual);
            }
        }

        return (term, null, true);
    }
}

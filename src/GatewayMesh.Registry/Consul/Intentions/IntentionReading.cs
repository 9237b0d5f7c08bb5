using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Registry.Consul.Watching;

namespace GatewayMesh.Registry.Consul.Intentions;

/// <summary>Consul's intentions: a watch on their list, and their default.</summary>
/// <param name="context">The state shared by all watches.</param>
internal sealed class IntentionReading(WatchContext context) : IDisposable
{
    private const string Path = "/v1/connect/intentions";

    private readonly Watch<ReadIntention> _list = new(Path, IntentionReader.Read, null, context);
    private readonly IntentionDefault _default = new(context);
    private ImmutableSortedDictionary<string, ReadIntention>? _taken;
    private IntentionAction? _takenDefault;
    private ImmutableSortedDictionary<string, ReadIntention>? _asked;
    private long _question;
    private DeclaredIntentions? _declared;

    /// <summary>True once the intentions are known, or once reading them has failed.</summary>
    public bool Settled => Take() is not null || Errors.Any();

    /// <summary>The errors in the intentions last read.</summary>
    public IEnumerable<ConfigError> Broken => _list.Value?.Values.Select(intention => intention.Error).OfType<ConfigError>() ?? [];

    /// <summary>The current errors of reading the intentions.</summary>
    public IEnumerable<string> Errors => new[] { _list.Error, _default.Error }.OfType<string>();

    /// <summary>The loops to run. Each runs until cancelled and never throws.</summary>
    public IEnumerable<Func<CancellationToken, Task>> Runs => [_list.RunAsync, _default.RunAsync];

    /// <summary>
    /// The intentions in effect; null until they were read completely once. The same object while nothing changes. A list counts only from
    /// an agent that also answered for the default, because a list omits what the token may not read.
    /// </summary>
    public DeclaredIntentions? Take()
    {
        if (_list.Value is not { } list)
        {
            return _declared;
        }

        if (!ReferenceEquals(list, _asked))
        {
            (_asked, _question) = (list, _default.Nudge());
        }

        if (_default.Answer is not { } answer || answer.Number < _question || _default.Error is not null)
        {
            return _declared;
        }

        if (!ReferenceEquals(list, _taken) || answer.Action != _takenDefault)
        {
            (_taken, _takenDefault) = (list, answer.Action);
            _declared = Declare(list, answer.Action);
        }

        return _declared;
    }

    /// <inheritdoc/>
    public void Dispose() => _default.Dispose();

    private static DeclaredIntentions Declare(ImmutableSortedDictionary<string, ReadIntention> list, IntentionAction otherwise) => new(
        [
            .. from intention in list.Values
               where intention.Source is not null
               group intention.Source by (intention.Destination, intention.Jwt) into sources
               select new ServiceIntentionsEntry { Name = sources.Key.Destination, Jwt = sources.Key.Jwt, Sources = [.. sources] },
        ],
        Trusted(list, otherwise))
    {
        Notes = [.. list.Values.Select(intention => intention.Note).OfType<string>()],
    };

    // If an intention is from all to all, the agent's answer comes from that intention. The default for unmatched permissions is then deny.
    private static IntentionAction Trusted(ImmutableSortedDictionary<string, ReadIntention> list, IntentionAction otherwise) =>
        list.Values.Any(intention => intention is { Destination: IntentionSource.All, Source.Name: IntentionSource.All })
            ? IntentionAction.Deny
            : otherwise;
}

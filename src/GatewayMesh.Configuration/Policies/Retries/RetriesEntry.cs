using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary><c>retries</c> of a service-policy, as declared; what is null falls to the policy beneath.</summary>
public sealed record RetriesEntry
{
    private const int MostBytes = 16 * 1024 * 1024;

    private static readonly ScalarType<string> Method = ScalarTypes.Text.Where(
        text => text.Length <= 32 && !text.AsSpan().ContainsAnyExceptInRange('A', 'Z'), "is not a method", "say a method in capitals such as POST");

    private static readonly ScalarType<long> Buffer = ScalarTypes.Size.Where(bytes => bytes <= MostBytes, "is too large", "say at most 16MiB: it is kept for each request under way");

    /// <summary><c>on</c>: the failures that are tried again.</summary>
    public ImmutableArray<RetryCondition>? On { get; init; }

    /// <summary><c>statusCodes</c>: what <c>retriable-status-codes</c> means.</summary>
    public ImmutableArray<int>? StatusCodes { get; init; }

    /// <summary><c>maxAttempts</c>: attempts of one request over all layers, 1 to 10.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary><c>allMethods</c>: every method may be sent twice.</summary>
    public bool? AllMethods { get; init; }

    /// <summary><c>methods</c>: methods that may be sent twice besides the idempotent ones.</summary>
    public ImmutableArray<string>? Methods { get; init; }

    /// <summary><c>sameInstance</c>: an instance that has failed a request may be asked again when every instance has.</summary>
    public bool? SameInstance { get; init; }

    /// <summary><c>backoff</c>: how long to wait.</summary>
    public BackoffEntry Backoff { get; init; } = new();

    /// <summary><c>retryAfterMax</c>: the longest wait that an answer may ask for.</summary>
    public TimeSpan? RetryAfterMax { get; init; }

    /// <summary><c>bufferSize</c>: bytes of a request's body that are kept for another attempt.</summary>
    public long? BufferSize { get; init; }

    /// <summary><c>budget</c>: how many retries there may be.</summary>
    public BudgetEntry Budget { get; init; } = new();

    internal static RetriesEntry Bind(MappingReader reader)
    {
        var entry = new RetriesEntry
        {
            On = reader.Has("on") ? reader.List("on", RetryConditions.Type) : null,
            StatusCodes = reader.Has("statusCodes") ? reader.List("statusCodes", ScalarTypes.Number(400, 599)) : null,
            MaxAttempts = reader.OrNull("maxAttempts", ScalarTypes.Number(1, 10)),
            AllMethods = reader.OrNull("allMethods", ScalarTypes.Flag),
            Methods = reader.Has("methods") ? reader.List("methods", Method) : null,
            SameInstance = reader.OrNull("sameInstance", ScalarTypes.Flag),
            Backoff = reader.Section("backoff", BackoffEntry.Bind),
            RetryAfterMax = reader.OrNull("retryAfterMax", ScalarTypes.Wait),
            BufferSize = reader.OrNull("bufferSize", Buffer),
            Budget = reader.Section("budget", BudgetEntry.Bind),
        };
        Check(reader, entry);
        return entry;
    }

    // The condition and its codes stand together, so that neither is without meaning whatever the policy beneath says.
    private static void Check(MappingReader reader, RetriesEntry entry)
    {
        var byCode = entry.On?.Contains(RetryCondition.StatusCodes) == true;
        if (byCode && entry.StatusCodes is not { IsEmpty: false })
        {
            reader.Fail("on", "has retriable-status-codes and there are no statusCodes", "say which, such as statusCodes: [ 429, 503 ]");
        }
        else if (!byCode && entry.StatusCodes is { IsEmpty: false })
        {
            reader.Fail("statusCodes", "means nothing without retriable-status-codes", "add retriable-status-codes to retries.on");
        }

        if (entry is { AllMethods: true, Methods.IsEmpty: false })
        {
            reader.Fail("methods", "means nothing beside allMethods: true", "leave one of the two out");
        }
    }
}

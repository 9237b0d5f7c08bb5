using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>Declared <c>retries</c> of a service-policy; a null value is inherited.</summary>
public sealed record RetriesEntry
{
    private const int MaxBytes = 16 * 1024 * 1024;

    private static readonly ScalarType<string> Method = ScalarTypes.Text.Where(
        text => text.Length <= 32 && !text.AsSpan().ContainsAnyExceptInRange('A', 'Z'),
        "is not a method",
        "use an upper-case method such as POST");

    private static readonly ScalarType<long> Buffer = ScalarTypes.Size.Where(
        bytes => bytes <= MaxBytes, "is too large", "use at most 16MiB: every request in flight may use this much memory");

    /// <summary><c>on</c>: retried failures.</summary>
    public ImmutableArray<RetryCondition>? On { get; init; }

    /// <summary><c>statusCodes</c>: statuses of <c>retriable-status-codes</c>.</summary>
    public ImmutableArray<int>? StatusCodes { get; init; }

    /// <summary><c>maxAttempts</c>: attempts per request over all layers, 1 to 10.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary><c>allMethods</c>: true if every method may be sent twice.</summary>
    public bool? AllMethods { get; init; }

    /// <summary><c>methods</c>: additional methods that may be sent twice.</summary>
    public ImmutableArray<string>? Methods { get; init; }

    /// <summary><c>sameInstance</c>: true if a failed instance may be tried again after all others.</summary>
    public bool? SameInstance { get; init; }

    /// <summary><c>backoff</c>: wait before a retry.</summary>
    public BackoffEntry Backoff { get => field ?? new(); init; } = new();

    /// <summary><c>retryAfterMax</c>: maximum wait that a response may request.</summary>
    public TimeSpan? RetryAfterMax { get; init; }

    /// <summary><c>bufferSize</c>: bytes of a request body buffered for another attempt.</summary>
    public long? BufferSize { get; init; }

    /// <summary><c>budget</c>: the retry budget.</summary>
    public BudgetEntry Budget { get => field ?? new(); init; } = new();

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

    // The condition and its codes must be declared together, so that neither depends on the inherited policy.
    private static void Check(MappingReader reader, RetriesEntry entry)
    {
        var byCode = entry.On?.Contains(RetryCondition.StatusCodes) == true;
        if (byCode && entry.StatusCodes is not { IsEmpty: false })
        {
            reader.Fail("on", "has retriable-status-codes without statusCodes", "add the statuses, such as statusCodes: [ 429, 503 ]");
        }
        else if (!byCode && entry.StatusCodes is { IsEmpty: false })
        {
            reader.Fail("statusCodes", "has no effect without retriable-status-codes", "add retriable-status-codes to retries.on");
        }

        if (entry is { AllMethods: true, Methods.IsEmpty: false })
        {
            reader.Fail("methods", "has no effect with allMethods: true", "remove one of them");
        }
    }
}

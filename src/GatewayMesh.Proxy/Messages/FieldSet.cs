namespace GatewayMesh.Proxy.Messages;

/// <summary>A set of known fields.</summary>
/// <param name="Bits">One bit for each member.</param>
internal readonly record struct FieldSet(ulong Bits)
{
    /// <summary>Returns the set of <paramref name="fields"/>.</summary>
    public static FieldSet Of(params ReadOnlySpan<KnownField> fields)
    {
        var bits = 0UL;
        foreach (var field in fields)
        {
            bits |= 1UL << (int)field;
        }

        return new FieldSet(bits);
    }

    /// <summary>True if the field is a member.</summary>
    public bool Contains(KnownField field) => (Bits & (1UL << (int)field)) != 0;

    /// <summary>Returns this set with <paramref name="field"/>.</summary>
    public FieldSet With(KnownField field) => new(Bits | (1UL << (int)field));

    /// <summary>Returns this set without <paramref name="field"/>.</summary>
    public FieldSet Without(KnownField field) => new(Bits & ~(1UL << (int)field));
}

using System.Text.RegularExpressions;

namespace GatewayMesh.Configuration.Filters;

/// <summary>A comparison.</summary>
/// <param name="Selector">Left side.</param>
/// <param name="Operator">Operator.</param>
/// <param name="Value">Right side; a number in plain digits.</param>
/// <param name="Expression">Compiled expression for <see cref="FilterOperator.Matches"/>.</param>
internal sealed record FilterTest(FilterSelector Selector, FilterOperator Operator, string Value, Regex? Expression) : FilterTerm
{
    /// <inheritdoc/>
    public override bool Holds(FilterSubject subject)
    {
        if (Selector.Kind is FilterKind.List or FilterKind.Pairs)
        {
            return Operator switch
            {
                FilterOperator.In => Selector.Items(subject).Contains(Value, StringComparer.Ordinal),
                FilterOperator.NotIn => !Selector.Items(subject).Contains(Value, StringComparer.Ordinal),
                FilterOperator.IsEmpty => !Selector.Items(subject).Any(),
                _ => Selector.Items(subject).Any(),
            };
        }

        // For an absent key only these two are false (go-bexpr, evaluateMatchExpressionRecurse): "matches" holds.
        if (Selector.Text(subject) is not { } text)
        {
            return Operator is not (FilterOperator.Equal or FilterOperator.In);
        }

        return Operator switch
        {
            FilterOperator.Equal => text == Value,
            FilterOperator.NotEqual => text != Value,
            FilterOperator.In => text.Contains(Value, StringComparison.Ordinal),
            FilterOperator.NotIn => !text.Contains(Value, StringComparison.Ordinal),
            FilterOperator.Matches => Expression!.IsMatch(text),
            _ => !Expression!.IsMatch(text),
        };
    }
}
